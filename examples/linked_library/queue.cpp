// The M/M/1/K queue by the library: build the chain, solve it, prove how exact that is, compare with the closed form.
#include <cmath>
#include <cstdio>

#include <steady/steady.hpp>

int main() {
  constexpr steady::State places = 1000;
  constexpr double arrival = 0.95, service = 1.0;

  std::vector<steady::Triplet> rates;
  for (steady::State i = 0; i < places; ++i) {
    rates.push_back({i, i + 1, arrival});
    rates.push_back({i + 1, i, service});
  }
  const steady::Chain chain = steady::make_chain(steady::Kind::ctmc, steady::to_csr(places + 1, std::move(rates)));

  steady::Options options;
  options.method = steady::Method::gth;
  steady::Solution solution = steady::solve(chain, options);
  const steady::Certificate certificate = steady::certify(chain, solution);
  if (!certificate.proven) {
    std::printf("nothing proven: %s\n", certificate.reason.c_str());
    return 1;
  }
  const double rho = arrival / service;
  const double empty = (1 - rho) / (1 - std::pow(rho, places + 1));
  std::printf("P(empty) = %.12f, closed form %.12f, proven within %.1e\n", solution.distribution[0], empty,
              certificate.total_variation);
  return std::abs(solution.distribution[0] - empty) <= certificate.total_variation + 1e-15 ? 0 : 1;
}
