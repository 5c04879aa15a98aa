// Proofs of error bounds, against exact fractions and 100 decimal digits: never below the true error.
#include "solver/certify/certify.hpp"

#include <omp.h>

#include <algorithm>
#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <random>
#include <utility>

#include <steady/certify.hpp>
#include <steady/solve.hpp>

#include "tests/catch.hpp"
#include "tests/exact_long_run.hpp"
#include "tests/reference.hpp"

namespace steady {

using namespace detail;
namespace {

using boost::multiprecision::cpp_dec_float_100;
using boost::multiprecision::cpp_rational;

// A number of any size that a double can have, subnormal ones included.
double any_double(std::mt19937& random) {
  std::uniform_real_distribution<double> mantissa(-2, 2);
  std::uniform_int_distribution<int> exponent(-1080, 500), near(-3, 3);
  return std::ldexp(mantissa(random), random() % 2 == 0 ? exponent(random) : near(random));
}

bool holds(const Interval& interval, const cpp_rational& number) {
  return cpp_rational(interval.low) <= number && number <= cpp_rational(interval.high);
}

// Rates over 12 orders of magnitude; with transient states and several bottom components where not a ring at least.
Chain wild_chain(std::uint32_t seed, std::size_t states) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> exponent(0, 12);
  const std::size_t degree = 1 + random() % 5;
  const bool reducible = random() % 2 == 0;
  std::vector<reference::Rate> rates;
  for (State i = 0; i < states; ++i) {
    if (!reducible) rates.push_back({i, static_cast<State>((i + 1) % states), std::pow(10, -exponent(random))});
    for (std::size_t k = 0; k < degree; ++k) {
      const auto j = static_cast<State>(random() % states);
      if (j != i && !(reducible && random() % 3 == 0)) rates.push_back({i, j, std::pow(10, -exponent(random))});
    }
  }
  Chain chain = reference::chain_of(Kind::ctmc, states, rates);
  if (random() % 2 == 0) {
    chain.initial.clear();
    for (State i = 0; i < states; ++i) chain.initial.push_back({i, 1.0 / static_cast<double>(states)});
  }
  return chain;
}

std::vector<double> rounded(const auto& exact) {
  std::vector<double> p;
  for (const auto& x : exact) p.push_back(static_cast<double>(x));
  return p;
}

// How far the reference itself may be off.
template <class Number>
constexpr double slack = 0;
template <>
constexpr double slack<cpp_dec_float_100> = 1e-90;

// Proves a bound for each chain, half of them from an answer that is wrong by up to a part in a thousand, and compares
// with the true error.
template <class Number>
void prove_wild_chains(std::uint32_t first, std::uint32_t count, std::size_t smallest, std::size_t largest) {
  std::vector<double> ratios;
  for (std::uint32_t seed = first; seed < first + count; ++seed) {
    const Chain chain = wild_chain(seed, smallest + seed % (largest - smallest + 1));
    const std::vector<Number> exact = tests::exact_long_run<Number>(chain);
    std::vector<double> p = rounded(exact);
    if (seed % 2 == 0)
      for (std::size_t i = 0; i < p.size(); ++i) p[i] *= 1 + 1e-3 * std::sin(static_cast<double>(seed + i));
    CertifyOptions options;
    options.work = 1e12;
    const Certificate certificate = certify(chain, p, options);
    INFO("seed " << seed << ", " << chain.size() << " states, " << certificate.reason);
    REQUIRE(certificate.proven);
    const Number error = tests::total_variation<Number>(certificate.distribution, exact);
    REQUIRE(Number(certificate.total_variation) + slack<Number> >= error);
    ratios.push_back(certificate.total_variation / std::max(static_cast<double>(error), 0x1p-53));
    REQUIRE(ratios.back() <= 1e6);

    options.work = 0;  // hardly anything is improved now, and the bound still covers the error
    const Certificate plain = certify(chain, p, options);
    if (plain.proven)
      REQUIRE(Number(plain.total_variation) + slack<Number> >=
              tests::total_variation<Number>(plain.distribution, exact));
  }
  std::sort(ratios.begin(), ratios.end());
  REQUIRE(ratios[ratios.size() / 2] < 1e3);
}

struct Proven {
  Certificate certificate;
  Witness witness;
};

// A proof of the chain's own solution, and the witnesses for it.
Proven proven(const Chain& chain) {
  Proven result{certify(chain, solve(chain).distribution), {}};
  REQUIRE(result.certificate.proven);
  result.witness = {result.certificate.proof->exact, result.certificate.proof->hitting_times, {}};
  return result;
}

}  // namespace

TEST_CASE("outward rounding encloses the exact result and is no wider than two neighbours", "[certify]") {
  std::mt19937 random(1);
  for (int k = 0; k < 5000; ++k) {
    const double a = any_double(random), b = any_double(random);
    const cpp_rational exact_a(a), exact_b(b);
    REQUIRE(next_up(a) == std::nextafter(a, INFINITY));
    REQUIRE(next_down(a) == std::nextafter(a, -INFINITY));
    REQUIRE(holds(Interval(a) + b, exact_a + exact_b));
    REQUIRE(next_up(add_down(a, b)) >= add_up(a, b));
    REQUIRE(holds(Interval(a) * b, exact_a * exact_b));
    REQUIRE(next_up(next_up(multiply_down(a, b))) >= multiply_up(a, b));
    if (b > 0 && std::isfinite(a / b)) REQUIRE(holds(Interval(a) / b, exact_a / exact_b));
    const auto [sum, error] = two_sum(a, b);
    REQUIRE(cpp_rational(sum) + cpp_rational(error) == exact_a + exact_b);
  }
  CHECK(arithmetic_is_sound());
  CHECK(add_up(1, 1) == 2);
  CHECK(add_up(1, 0x1p-80) == 1 + 0x1p-52);
  CHECK(add_down(1, 0x1p-80) == 1);
  CHECK(divide_up(6, 3) == 2);
  CHECK(divide_down(1, 3) < divide_up(1, 3));
  CHECK(multiply_up(0x1p-600, 0x1p-600) == 0x1p-1074);
  CHECK(multiply_down(0x1p-600, 0x1p-600) <= 0);
  CHECK_FALSE((Interval(1e308) + 1e308).finite());
  CHECK_FALSE((Interval(1e200) * 1e200).finite());
  CHECK_FALSE((Interval(1) / Interval(0, 1)).finite());
  CHECK_FALSE((Interval(NAN) * 0.0).finite());
}

TEST_CASE("products of intervals hold every product of their numbers", "[certify]") {
  const double ends[] = {-3, -1, 0, 0.5, 4};
  for (const double a : ends)
    for (const double b : ends)
      for (const double c : ends)
        for (const double d : ends) {
          if (a > b || c > d) continue;
          const Interval product = Interval(a, b) * Interval(c, d);
          for (const double x : {a, (a + b) / 2, b})
            for (const double y : {c, (c + d) / 2, d}) REQUIRE(holds(product, cpp_rational(x) * cpp_rational(y)));
        }
}

TEST_CASE("a sum of products is exact where four doubles can hold it, and enclosed elsewhere", "[certify]") {
  ExactSum small;  // whoever reorders these operations gets 0
  for (const double x : {1.0, 1e-30, -1.0, 1e-60}) small.add(x);
  CHECK(small.value().low <= 1e-30);
  CHECK(small.value().low > 0.999e-30);
  CHECK(small.value().high <= next_up(1e-30));

  std::mt19937 random(2);
  for (int k = 0; k < 300; ++k) {
    ExactSum sum;
    cpp_rational exact = 0;
    for (int t = 0; t < 30; ++t) {
      const double a = any_double(random), b = any_double(random);
      sum.add_product(a, b);
      exact += cpp_rational(a) * cpp_rational(b);
    }
    REQUIRE(holds(sum.value(), exact));
    ExactSum twice = sum;
    twice += sum;
    REQUIRE(holds(twice.value(), 2 * exact));
    ExactSum scaled;
    scaled.add_product(sum, -0.3);
    REQUIRE(holds(scaled.value(), exact * cpp_rational(-0.3)));
  }
}

TEST_CASE("a sum of products in twice the precision encloses the exact one, closely", "[certify]") {
  std::mt19937 random(3);
  for (int k = 0; k < 300; ++k) {
    EnclosedSum sum;
    cpp_rational exact = 0;
    for (int t = 0; t < k % 40; ++t) {
      const double a = any_double(random), b = any_double(random);
      sum.add_product(a, b);
      exact += cpp_rational(a) * cpp_rational(b);
    }
    REQUIRE(holds(sum.value(), exact));
    REQUIRE((!std::isfinite(sum.bound()) || cpp_rational(sum.bound()) >= abs(exact)));
  }
  std::uniform_real_distribution<double> number(-1, 1);
  for (int k = 0; k < 300; ++k) {
    std::vector<std::pair<double, double>> factors{{1e-10, 1e-10}};
    for (int t = 0; t < 30; ++t) {
      const double a = number(random), b = number(random);
      factors.emplace_back(a, b);
      factors.emplace_back(a, -b);  // all of it cancels but for 1e-20
    }
    std::shuffle(factors.begin(), factors.end(), random);
    EnclosedSum sum;
    for (const auto& [a, b] : factors) sum.add_product(a, b);
    REQUIRE(holds(sum.value(), cpp_rational(1e-10) * cpp_rational(1e-10)));
    REQUIRE(sum.value().high - sum.value().low < 1e-27);
    REQUIRE(cpp_rational(sum.bound()) >= cpp_rational(1e-10) * cpp_rational(1e-10));
    REQUIRE(sum.bound() < 1.0001e-20);
  }
  EnclosedSum tiny;
  for (int k = 0; k < 5; ++k) tiny.add_product(0x1p-600, 0x1p-600);  // each is 0 as a double
  CHECK(tiny.value().low <= 0);
  CHECK(tiny.value().high > 0);
  CHECK(tiny.bound() > 0);
  CHECK(EnclosedSum().bound() == 0);
  EnclosedSum huge;
  huge.add_product(1e200, 1e200);
  CHECK_FALSE(std::isfinite(huge.bound()));
  CHECK_FALSE(huge.value().finite());
}

TEST_CASE("100 decimal digits agree with fractions", "[certify]") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const Chain chain = wild_chain(seed, 12);
    const auto fractions = tests::exact_long_run<cpp_rational>(chain);
    const auto digits = tests::exact_long_run<cpp_dec_float_100>(chain);
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const cpp_dec_float_100 exact(fractions[i]);
      REQUIRE(abs(digits[i] - exact) <= exact * cpp_dec_float_100("1e-90"));
    }
  }
  const Chain chain = reference::random_chain(Kind::dtmc, 10, 3, 2, 5);
  CHECK(tests::exact_long_run<cpp_rational>(chain) == reference::exact_solution(chain));
}

TEST_CASE("the bound of a random chain is never below its true error", "[certify]") {
  prove_wild_chains<cpp_rational>(0, 200, 2, 25);
}

TEST_CASE("the bound of a larger random chain is never below its true error", "[certify]") {
  prove_wild_chains<cpp_dec_float_100>(0, 12, 30, 120);
}

TEST_CASE("a thousand random chains, and chains of 300 states", "[.long]") {
  prove_wild_chains<cpp_rational>(1000, 1000, 2, 25);
  prove_wild_chains<cpp_dec_float_100>(0, 20, 250, 300);
}

TEST_CASE("chains too large to eliminate are proven, too, and improved when the answer is poor", "[certify]") {
  const auto [births, deaths] = std::pair(std::vector<double>(1500, 1.0), std::vector<double>(1500, 1.25));
  const Chain chain = reference::birth_death(births, deaths);
  const std::vector<double> exact = reference::birth_death_solution(births, deaths);
  std::vector<double> p = exact;
  for (std::size_t i = 0; i < p.size(); i += 2) p[i] *= 1.001;

  CertifyOptions options;
  options.target = 1e-13;
  options.work = 1e12;
  const Certificate certificate = certify(chain, p, options);
  INFO(certificate.reason);
  REQUIRE(certificate.proven);
  CHECK(certificate.improved);
  CHECK(certificate.total_variation < 1e-12);
  CHECK(reference::largest_difference(certificate.distribution, exact) < certificate.total_variation + 1e-16);

  options.work = 0;
  CHECK(certify(chain, p, options).cut == Certificate::Cut::work);
}

TEST_CASE("weights are proven and mended where many states are left for one of several components", "[certify]") {
  std::vector<reference::Rate> rates;
  constexpr State outside = 600;  // then a pair of states and a ring of three
  for (State i = 0; i < outside; ++i) {
    rates.push_back({i, (i + 1) % outside, 1});
    rates.push_back({i, (i * 7 + 3) % outside == i ? (i + 2) % outside : (i * 7 + 3) % outside, 0.5});
    if (i % 50 == 0) rates.push_back({i, outside, 0.25});
    if (i % 70 == 0) rates.push_back({i, outside + 2, 0.125});
  }
  for (const auto& [from, to, rate] :
       {reference::Rate{600, 601, 1}, {601, 600, 3}, {602, 603, 1}, {603, 604, 2}, {604, 602, 4}})
    rates.push_back({from, to, rate});
  const Chain chain = reference::chain_of(Kind::ctmc, 605, rates);
  const std::vector<double> exact = tests::exact_long_run<double>(chain);
  std::vector<double> p(605, 0.0);
  p[600] = p[601] = p[602] = p[603] = p[604] = 0.2;  // wrong within and between
  CertifyOptions options;
  options.work = 1e12;
  const Certificate certificate = certify(chain, p, options);
  INFO(certificate.reason);
  REQUIRE(certificate.proven);
  CHECK(certificate.improved);
  CHECK(certificate.total_variation < 1e-10);
  CHECK(reference::largest_difference(certificate.distribution, exact) < certificate.total_variation + 1e-13);
}

TEST_CASE("every awkward chain of the methods is proven, in continuous and in discrete time", "[certify]") {
  for (const reference::Named& named : reference::battery()) {
    INFO(named.name);
    const std::vector<double> p = solve(named.chain).distribution;
    const Certificate certificate = certify(named.chain, p);
    REQUIRE(certificate.proven);
    CHECK(certificate.total_variation < 1e-10);
    if (named.chain.size() > 40) continue;
    const std::vector<cpp_rational> exact = reference::exact_solution(named.chain);
    CHECK(cpp_rational(certificate.total_variation) >=
          tests::total_variation<cpp_rational>(certificate.distribution, exact));
  }
  const Chain courtois = reference::courtois();
  const Certificate certificate = certify(courtois, std::vector<double>(8, 0.125));
  REQUIRE(certificate.proven);
  CHECK(cpp_rational(certificate.total_variation) >=
        tests::total_variation<cpp_rational>(certificate.distribution, reference::exact_solution(courtois)));
  CHECK(certificate.total_variation < 1e-15);
}

TEST_CASE("the 4-state chain with weak couplings becomes right", "[certify]") {
  for (const double coupling : {1e-7, 1e-10, 1e-14}) {
    const Chain chain = reference::chain_of(Kind::ctmc, 4,
                                            {{0, 1, 1},
                                             {1, 0, 1},
                                             {2, 3, 1},
                                             {3, 2, 1},
                                             {0, 2, coupling},
                                             {1, 3, coupling},
                                             {2, 0, 2 * coupling},
                                             {3, 1, 2 * coupling}});
    const Certificate certificate = certify(chain, {0.25, 0.25, 0.25, 0.25});
    REQUIRE(certificate.proven);
    CHECK(certificate.improved);
    CHECK(certificate.total_variation < 1e-15);
    CHECK(certificate.distribution[0] == Approx(1.0 / 3).epsilon(1e-15));
    CHECK(certificate.distribution[3] == Approx(1.0 / 6).epsilon(1e-15));
  }
}

TEST_CASE("wrong vectors and wrong witnesses get no false proof", "[certify]") {
  std::mt19937 random(3);
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    const Chain chain = reference::random_chain(Kind::ctmc, 4 + seed % 12, 3, 3, seed);
    const auto exact = tests::exact_long_run<cpp_rational>(chain);
    const auto [certificate, right] = proven(chain);
    Checker checker(chain);
    const auto covered = [&](const Witness& witness) {
      const Proof proof = checker.check(certificate.proof->sets, witness);
      if (!proof.holds) return true;
      cpp_rational mass = 0;
      for (const double x : witness.distribution[0]) mass += cpp_rational(x);
      std::vector<cpp_rational> scaled;
      for (const cpp_rational& x : exact) scaled.push_back(x * mass);
      return cpp_rational(proof.total_variation) * mass >=
             tests::total_variation<cpp_rational>(witness.distribution[0], scaled);
    };
    const std::size_t i = random() % chain.size(), j = random() % chain.size();
    REQUIRE(right.distribution.size() == 1);
    REQUIRE(covered(right));
    Witness wrong = right;
    wrong.distribution[0][i] += 1e-6;
    CHECK(covered(wrong));
    wrong = right;
    std::swap(wrong.distribution[0][i], wrong.distribution[0][j]);
    CHECK(covered(wrong));
    wrong = right;
    for (double& x : wrong.distribution[0]) x *= 0.7;
    CHECK(covered(wrong));
    wrong = right;
    wrong.distribution[0][i] = 0;
    CHECK(covered(wrong));
    wrong = right;
    wrong.distribution[0][i] = NAN;
    CHECK_FALSE(checker.check(certificate.proof->sets, wrong).holds);
    wrong = right;
    wrong.distribution[0].pop_back();
    CHECK_FALSE(checker.check(certificate.proof->sets, wrong).holds);

    std::uniform_real_distribution<double> factor(0, 2);
    wrong = right;
    for (double& h : wrong.hitting_times[0]) h *= factor(random);
    CHECK(covered(wrong));
    wrong = right;
    for (double& h : wrong.hitting_times[0]) h *= 1e-12;
    CHECK(covered(wrong));
    wrong = right;
    for (double& h : wrong.hitting_times[0]) h = -h;
    CHECK_FALSE(checker.check(certificate.proof->sets, wrong).holds);
    wrong = right;
    wrong.hitting_times[0][certificate.proof->sets.reference[0]] = 1;
    CHECK_FALSE(checker.check(certificate.proof->sets, wrong).holds);
  }
}

TEST_CASE("a broken solver that reports success gets no false proof", "[certify]") {
  using Distribution = std::vector<double>;
  const std::pair<const char*, void (*)(Distribution&)> faults[] = {
      {"one entry larger", [](Distribution& p) { p[p.size() / 2] += 1e-6; }},
      {"every other entry larger",
       [](Distribution& p) {
         for (std::size_t i = 0; i < p.size(); i += 2) p[i] *= 1.01;
       }},
      {"reversed", [](Distribution& p) { std::reverse(p.begin(), p.end()); }},
      {"shifted by a state", [](Distribution& p) { std::rotate(p.begin(), p.begin() + 1, p.end()); }},
      {"half of it",
       [](Distribution& p) {
         for (double& x : p) x /= 2;
       }},
      {"single precision",
       [](Distribution& p) {
         for (double& x : p) x = static_cast<float>(x);
       }},
      {"uniform", [](Distribution& p) { p.assign(p.size(), 1.0 / static_cast<double>(p.size())); }},
      {"nothing", [](Distribution& p) { p.assign(p.size(), 0); }},
      {"a negative entry", [](Distribution& p) { p[0] = -p[0]; }},
      {"not a number", [](Distribution& p) { p.back() = NAN; }}};
  for (const reference::Named& named : reference::battery()) {
    const Chain& chain = named.chain;
    if (chain.size() > 40) continue;
    const std::vector<cpp_rational> exact = reference::exact_solution(chain);
    const Solution right = solve(chain);
    for (const auto& [fault, breaks] : faults) {
      INFO(named.name << ", " << fault);
      Solution wrong = right;
      breaks(wrong.distribution);
      wrong.residual = 0;
      const Certificate certificate = certify(
          chain, wrong, 1e-10, Effort::modest, [] { return false; }, Checked::yes);  // as the program believes a solver
      if (!certificate.proven) continue;
      REQUIRE(std::isfinite(certificate.total_variation));
      REQUIRE(cpp_rational(certificate.total_variation) >=
              tests::total_variation<cpp_rational>(wrong.distribution, exact));
    }
  }
}

TEST_CASE("the example of papers/certificate, by hand", "[certify]") {
  const Chain chain = reference::chain_of(Kind::ctmc, 3, {{0, 1, 1}, {1, 0, 1}, {1, 2, 1}, {2, 1, 2}});
  Checker checker(chain);
  const LongRun sets{{0, 0, 0}, {0}};
  const Proof exact = checker.check(sets, {{{.375, .375, .25}}, {{0, 1.5, 2}}, {}});
  REQUIRE(exact.holds);
  CHECK(exact.residual[0].low == 0);
  CHECK(exact.residual[1].high == .125);
  CHECK(exact.residual[2].low == -.125);
  CHECK(exact.total_variation == 7. / 16);
  const Proof rough = checker.check(sets, {{{.375, .375, .25}}, {{0, 2, 3}}, {}});
  REQUIRE(rough.holds);
  CHECK(rough.total_variation == 5. / 8);
  CHECK(tests::total_variation<cpp_rational>({.375, .375, .25}, tests::exact_long_run<cpp_rational>(chain)) ==
        cpp_rational(1, 40) + cpp_rational(1, 40));
}

TEST_CASE("a structure that is not the chain's gets no proof", "[certify]") {
  // 0 -> {1, 2}, {3}: thirds and two thirds.
  Chain chain = reference::chain_of(Kind::ctmc, 4, {{0, 1, 1}, {0, 3, 2}, {1, 2, 1}, {2, 1, 1}});
  Checker checker(chain);
  const LongRun sets{{no_component, 0, 0, 1}, {1, 3}};
  const Witness right{{{0, 1. / 6, 1. / 6, 2. / 3}}, {{0, 0, 1, 0}}, {{1. / 3, 0, 0, 0}}};
  const Proof proof = checker.check(sets, right);
  REQUIRE(proof.holds);
  CHECK(proof.total_variation < 1e-15);

  Witness moved = right;  // the residual sees nothing of this
  moved.distribution = {{0, 1. / 4, 1. / 4, 1. / 2}};
  REQUIRE(checker.check(sets, moved).holds);
  CHECK(checker.check(sets, moved).total_variation >= 1. / 6);
  moved.visiting_times = {{1. / 4, 0, 0, 0}};
  REQUIRE(checker.check(sets, moved).holds);
  CHECK(checker.check(sets, moved).total_variation >= 1. / 6);

  const auto refuted = [&](const LongRun& claim, const Witness& witness) {
    return !checker.check(claim, witness).holds;
  };
  CHECK(refuted({{0, 0, 0, 1}, {1, 3}}, right));  // not closed
  CHECK(refuted({{no_component, 0, no_component, 1}, {1, 3}}, right));
  CHECK(refuted({{no_component, 0, 0, no_component}, {1}}, {{{0, .5, .5, 0}}, {{0, 0, 1, 0}}, {}}));  // 3 is forgotten
  CHECK(refuted({{no_component, 0, 0, 0}, {1}}, {{{0, .5, .5, 0}}, {{0, 0, 1, 0}}, {}}));  // two sets taken for one
  CHECK(refuted({{no_component, 0, 0, 1}, {3, 1}}, right));
  CHECK(refuted({{no_component, 0, 0, 1}, {1, 9}}, right));
  CHECK(refuted({{no_component, 0, 0, 5}, {1, 3}}, right));
  Witness outside = right;
  outside.distribution[0][0] = 1e-9;
  CHECK(refuted(sets, outside));
  outside = right;
  outside.visiting_times[0][1] = 1e-9;
  CHECK(refuted(sets, outside));
}

TEST_CASE("one state, absorbing states, states never reached, numbers at the end of the range", "[certify]") {
  const auto bound = [](const Chain& chain, const std::vector<double>& p) {
    CertifyOptions options;
    options.work = 0;  // no improvement
    const Certificate certificate = certify(chain, p, options);
    INFO(certificate.reason);
    REQUIRE(certificate.proven);
    return certificate.total_variation;
  };
  CHECK(bound(reference::chain_of(Kind::ctmc, 1, {}), {1}) < 1e-300);
  CHECK(bound(reference::chain_of(Kind::ctmc, 3, {{0, 1, 1}, {1, 2, 1}}), {0, 0, 1}) < 1e-300);
  CHECK(bound(reference::chain_of(Kind::ctmc, 3, {{0, 1, 1}, {1, 0, 1}, {2, 0, 1}}), {.5, .5, 0}) < 1e-15);
  CHECK(bound(reference::chain_of(Kind::ctmc, 3, {{0, 1, 1}, {1, 0, 1}}), {.5, .5, 0}) < 1e-15);
  CHECK(bound(reference::chain_of(Kind::ctmc, 3, {{0, 1, 1}, {0, 2, 1}}), {0, .5, .5}) < 1e-15);
  CHECK(bound(reference::ring(Kind::dtmc, 3), {1. / 3, 1. / 3, 1. / 3}) < 1e-15);
  CHECK(bound(reference::ring(Kind::ctmc, 2), {.5, .5 + 1e-7}) >= 0.99e-7);
  // Nothing is proven, or what is proven is right.
  for (const double scale : {1e-320, 1e-300, 1e-150, 1e150, 1e300}) {
    const Chain chain = reference::chain_of(Kind::ctmc, 3, {{0, 1, scale}, {1, 2, 3 * scale}, {2, 0, scale}});
    const std::vector<double> p{3. / 7, 1. / 7, 3. / 7};
    const Certificate certificate = certify(chain, p);
    if (!certificate.proven) continue;
    const auto exact = tests::exact_long_run<cpp_rational>(chain);
    CHECK(cpp_rational(certificate.total_variation) >=
          tests::total_variation<cpp_rational>(certificate.distribution, exact));
  }
}

TEST_CASE("proofs are the same bits for any number of threads", "[certify]") {
  std::vector<reference::Rate> rates;  // a grid, whose few rates are kept as mask and as floats
  constexpr State side = 140;
  for (State i = 0; i < side * side; ++i) {
    if (i % side + 1 < side) rates.insert(rates.end(), {{i, i + 1, 1}, {i + 1, i, 1.5}});
    if (i / side + 1 < side) rates.insert(rates.end(), {{i, i + side, 1}, {i + side, i, 1.25}});
  }
  for (const Chain& chain :
       {reference::random_chain(Kind::ctmc, 30000, 4, 1, 9), reference::chain_of(Kind::ctmc, side * side, rates)}) {
    const std::vector<double> p(chain.size(), 1.0 / static_cast<double>(chain.size()));
    CertifyOptions options;
    options.work = 1e12;
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const Certificate one = certify(chain, p, options);
    omp_set_num_threads(3);
    const Certificate three = certify(chain, p, options);
    omp_set_num_threads(before);
    REQUIRE(one.proven);
    CHECK(one.improved);
    CHECK(one.total_variation < 1e-9);
    CHECK(one.total_variation == three.total_variation);
    CHECK(one.distribution == three.distribution);
  }
}

}  // namespace steady
