// Proofs that hold for every chain whose rates are near those stored: against exact fractions, never below the true
// error. What `--rates interval` rests on.
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <random>

#include "solver/certify/certify.hpp"
#include "solver/solve.hpp"
#include "tests/catch.hpp"
#include "tests/exact_long_run.hpp"
#include "tests/reference.hpp"

namespace steady {
namespace {

using boost::multiprecision::cpp_rational;
using Rates = std::vector<std::vector<cpp_rational>>;

cpp_rational true_error(const Chain& chain, const std::vector<double>& p, const Rates& rates) {
  return tests::total_variation<cpp_rational>(p, tests::exact_long_run<cpp_rational>(chain, rates));
}

// A chain of either kind, half of them with transient states and several bottom components.
Chain some_chain(std::uint32_t seed) {
  const Kind kind = seed % 4 < 2 ? Kind::ctmc : Kind::dtmc;
  const double decades = seed % 3 * 5;
  if (seed % 2 == 0) return reference::random_chain(kind, 3 + seed % 12, 3, decades, seed);
  return reference::random_reducible_chain(kind, 4 + seed % 12, 3, decades, seed);
}

}  // namespace

TEST_CASE("a bound with rate errors covers every chain within them", "[intervals]") {
  std::mt19937 random(5);
  double largest = 0;  // of the true errors over the bounds
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    Chain chain = some_chain(seed);
    const double sizes[] = {0, 0x1p-53, 1e-9, 1e-3};
    for (std::size_t i = 0; i < chain.size(); ++i)
      chain.rate_error.push_back(seed % 5 < 3 ? sizes[seed % 5 + 1] : sizes[random() % (seed % 5)]);
    validate(chain);
    CertifyOptions options;
    options.target = 1e-30;
    options.work = 1e12;
    const Certificate certificate = certify(chain, solve(chain).distribution, options);
    INFO("seed " << seed << ": " << certificate.reason);
    REQUIRE(certificate.proven);

    const Rates stored = tests::rates_of<cpp_rational>(chain);
    for (int trial = 0; trial < 6; ++trial) {
      Rates rates = stored;
      for (std::size_t i = 0; i < chain.size(); ++i)
        for (cpp_rational& rate : rates[i]) {
          const int place = trial < 2 ? 1000 : static_cast<int>(random() % 2001);
          const bool up = trial < 2 ? random() % 2 == 0 : true;
          rate *= 1 + cpp_rational(chain.rate_error[i]) * (up ? place - (trial < 2 ? 0 : 1000) : -place) / 1000;
        }
      const cpp_rational error = true_error(chain, certificate.distribution, rates);
      REQUIRE(error <= cpp_rational(certificate.total_variation));
      largest = std::max(largest, static_cast<double>(error) / certificate.total_variation);
    }
  }
  CHECK(largest > 0.05);  // and it is no idle bound
}

TEST_CASE("weak couplings do not make a bound with rate errors loose", "[intervals]") {
  for (const double coupling : {1e-7, 1e-10, 1e-14}) {
    Chain chain = reference::chain_of(Kind::ctmc, 4,
                                      {{0, 1, 0.1},
                                       {1, 0, 0.1},
                                       {2, 3, 0.1},
                                       {3, 2, 0.1},
                                       {0, 2, coupling},
                                       {1, 3, coupling},
                                       {2, 0, 2 * coupling},
                                       {3, 1, 2 * coupling}});
    chain.rate_error.assign(4, 0x1p-53);
    const Certificate certificate = certify(chain, {0.25, 0.25, 0.25, 0.25});
    REQUIRE(certificate.proven);
    CHECK(certificate.total_variation < 1e-15);
  }
}

TEST_CASE("a rate that may be 0 proves nothing", "[intervals]") {
  Chain chain = reference::random_chain(Kind::ctmc, 5, 2, 1, 1);
  const std::vector<double> p = solve(chain).distribution;
  for (const double error : {1.0, 2.0, static_cast<double>(INFINITY)}) {
    chain.rate_error = {0, 0, error, 0, 0};
    const Certificate certificate = certify(chain, p);
    CHECK_FALSE(certificate.proven);
    CHECK(certificate.reason == "a rate from state 2 may be 0 for all that is known of it");
  }
}

}  // namespace steady
