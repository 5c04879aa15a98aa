#include "tests/relative_attack.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <random>

#include "solver/certify/block_elimination.hpp"
#include "solver/certify/relative.hpp"
#include "solver/closed_chain.hpp"
#include "tests/exact_long_run.hpp"
#include "tests/reference.hpp"

namespace steady::relative_attack {
namespace {

using Rational = boost::multiprecision::cpp_rational;
using reference::Rate;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed * 0x9e3779b97f4a7c15 + 1) {}

  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  double from(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine_); }
  double size(double decades) { return std::pow(10, from(-decades / 2, decades / 2)); }
  std::uint64_t seed() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

State state(std::size_t i) { return static_cast<State>(i); }

// Both ways between neighbours, and around where it is a ring.
std::vector<Rate> path(Random& random, std::size_t n, bool ring) {
  std::vector<Rate> rates;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    rates.push_back({state(i), state(i + 1), random.size(16)});
    if (!ring || random.one_in(3)) rates.push_back({state(i + 1), state(i), random.size(16)});
  }
  if (ring) rates.push_back({state(n - 1), 0, random.size(16)});
  return rates;
}

// Two or three blocks, coupled at 1e-11.
std::vector<Rate> blocks(Random& random, std::size_t n) {
  std::vector<Rate> rates;
  const std::size_t size = n / (2 + random.below(2)) + 1;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n; ++k) {
      const bool coupled = i / size == k / size;
      const bool ring = (i + 1) % n == k;
      if (i != k && (ring || random.one_in(3)))
        rates.push_back({state(i), state(k), (coupled ? 1 : 1e-11) * random.size(2)});
    }
  return rates;
}

// A double well: a walk that is driven to either end.
std::vector<Rate> wells(Random& random, std::size_t n) {
  std::vector<Rate> rates;
  const double depth = random.from(1, 6);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double out = i + i < n ? std::pow(10, -depth) : 1;
    rates.push_back({state(i), state(i + 1), out});
    rates.push_back({state(i + 1), state(i), std::pow(10, -depth) / out * random.from(0.5, 2)});
  }
  return rates;
}

// Makes probabilities of leaving a state of rates.
void scale_to_steps(std::vector<Rate>& rates, std::size_t n) {
  std::vector<double> total(n, 0.0);
  for (const Rate& r : rates) total[r.from] += r.rate;
  for (Rate& r : rates) r.rate *= 0.999 / total[r.from];
}

}  // namespace

Chain awkward_chain(std::uint64_t seed, std::string& kind) {
  Random random(seed);
  const std::size_t n = 4 + random.below(11);
  const Kind time = random.one_in(4) ? Kind::dtmc : Kind::ctmc;
  const std::size_t which = seed % 6;
  const auto small = static_cast<std::uint32_t>(random.seed());
  kind = std::vector<std::string>{"random", "path", "ring", "decomposable", "reducible", "wells"}[which];
  if (which == 0) return reference::random_chain(time, n, 2 + random.below(3), 16, small);
  if (which == 4) return reference::random_reducible_chain(time, n, 1 + random.below(3), random.from(0, 12), small);
  std::vector<Rate> rates = which == 1   ? path(random, n, false)
                            : which == 2 ? path(random, n, true)
                            : which == 3 ? blocks(random, n)
                                         : wells(random, n);
  if (time == Kind::dtmc) scale_to_steps(rates, n);
  return reference::chain_of(time, n, rates);
}

namespace {

// Whether a proven interval has the exact value in it.
bool has(const Interval& bounds, const Rational& exact) {
  if (!bounds.finite()) return true;  // which is not called proven
  return Rational(bounds.low) <= exact && exact <= Rational(bounds.high);
}

bool refuted(const RelativeProof& proof, const std::vector<Rational>& exact, Random& random) {
  for (std::size_t i = 0; i < exact.size(); ++i)
    if (!has(proof.bounds(state(i)), exact[i])) return true;
  for (int kind = 0; kind < 4; ++kind) {  // a set; amounts; amounts of both signs; all the same
    std::vector<double> f(exact.size());
    for (double& value : f)
      value = kind == 0 ? static_cast<double>(random.below(2)) : kind == 3 ? 3 : random.from(kind == 2 ? -1 : 0, 1);
    Rational mean = 0;
    for (std::size_t i = 0; i < f.size(); ++i) mean += exact[i] * Rational(f[i]);
    if (!has(proof.bounds([&](State i) { return f[i]; }), mean)) return true;
  }
  const std::vector<double> pi = proof.distribution();
  return tests::total_variation(pi, exact) > Rational(proof.total_variation(pi));
}

// The rates of a chain within the errors, each as far off as it may be.
std::vector<std::vector<Rational>> rates_within(const Chain& chain, Random& random) {
  std::vector<std::vector<Rational>> rates = tests::rates_of<Rational>(chain);
  for (std::size_t i = 0; i < rates.size(); ++i)
    for (Rational& rate : rates[i]) {
      const Rational error(chain.rate_error[i]);
      rate *= random.one_in(2) ? Rational(1 + error) : Rational(1 - error);
    }
  return rates;
}

void tamper_with(std::vector<double>& x, Random& random) {
  const std::size_t how = random.below(5);
  const double size = random.size(12);
  for (double& value : x) {
    if (how == 0) value *= 1 + random.from(-1e-3, 1e-3);
    if (how == 1) value += random.from(0, 1e-13);
    if (how == 2) value = 1;
    if (how == 3 && random.one_in(3)) value = 0;
    if (how == 4 && random.one_in(3)) value *= size;
  }
}

// y M = b in each block, by dense elimination.
std::vector<double> dense_witness(const Chain& chain, const Proportions& claim, const RelativeChecker& checker) {
  const Csr outflow = transpose(chain.inflow);
  std::vector<double> y(chain.size(), 0.0);
  std::vector<State> place(chain.size(), 0);
  for (State block = 0; block <= claim.reference.size(); ++block) {
    std::vector<State> states;
    std::vector<double> b;
    for (State i = 0; i < chain.size(); ++i) {
      if (claim.block[i] != block || (block < claim.reference.size() && claim.reference[block] == i)) continue;
      states.push_back(i);
      b.push_back(std::max(2 * checker.imbalance(i) + 0x1p-50 * claim.p[0][i] * chain.exit_rate[i], 0x1p-900));
    }
    if (states.empty()) continue;
    const std::vector<double> x = BlockElimination<double>(outflow, states, place).solve_row(b);
    for (std::size_t i = 0; i < states.size(); ++i) y[states[i]] = x[i];
  }
  return y;
}

// A claim and a witness of the caller's own, one or both of them tampered with.
RelativeProof tampered_proof(const Chain& chain, const std::vector<double>& distribution, Random& random) {
  const ClosedChain closed(chain, distribution);
  Proportions claim{closed.block(), closed.reference(), {distribution}, random.size(4)};
  if (random.one_in(2)) tamper_with(claim.p[0], random);
  for (std::size_t i = 0; i < chain.size(); ++i)
    if (claim.block[i] >= claim.reference.size()) claim.p[0][i] = random.one_in(2) ? 0 : random.size(4);
  RelativeChecker checker(chain);
  if (!checker.accept(claim).empty()) return {};
  std::vector<double> y = dense_witness(chain, claim, checker);
  if (random.one_in(4)) {  // nothing is wrong with y, but it is another chain's
    claim.block[random.below(chain.size())] = random.one_in(2) ? closed.no_block : state(random.below(3));
    if (!checker.accept(claim).empty()) return {};
  } else {
    for (double& value : y)
      if (random.one_in(3)) value *= random.one_in(4) ? random.size(8) : random.from(0.8, 1.2);
    if (random.one_in(8)) y[random.below(y.size())] = std::vector<double>{0, -1, NAN, INFINITY}[random.below(4)];
  }
  return checker.check({std::move(y)});
}

}  // namespace

Verdict attack(std::uint64_t seed) {
  Verdict verdict;
  Chain chain = awkward_chain(seed, verdict.kind);
  Random random(seed + 1'000'003);
  verdict.states = chain.size();
  Options options;
  options.check_aggregates = false;
  Solution solution = solve(chain, options);
  std::vector<Rational> exact;
  RelativeProof proof;
  const std::size_t way = random.below(4);
  if (way == 1) {
    verdict.attack = "rates";
    chain.rate_error.resize(chain.size());
    for (double& error : chain.rate_error) error = random.one_in(3) ? 0 : std::pow(10, random.from(-16, -0.5));
    exact = tests::exact_long_run(chain, rates_within(chain, random));
  } else {
    exact = tests::exact_long_run<Rational>(chain);
  }
  if (way == 2) tamper_with(solution.distribution, random);
  if (way == 3)
    proof = tampered_proof(chain, solution.distribution, random);
  else
    proof = certify_relatively(chain, solution).proof;
  if (way != 1) verdict.attack = way == 0 ? "none" : way == 2 ? "solution" : "witness";
  verdict.proven = proof.holds();
  if (!verdict.proven) return verdict;
  verdict.error = proof.error();
  verdict.refuted = refuted(proof, exact, random);
  return verdict;
}

}  // namespace steady::relative_attack
