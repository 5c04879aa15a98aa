// Proofs by a majorant of the error, against exact fractions: never below the true error.
#include "solver/certify/majorant.hpp"

#include <omp.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <map>
#include <random>
#include <utility>

#include <steady/certify.hpp>
#include <steady/solve.hpp>

#include "solver/certify/certify.hpp"
#include "solver/certify/majorant_checker.hpp"
#include "solver/certify/restarted_chain.hpp"
#include "tests/catch.hpp"
#include "tests/exact_long_run.hpp"
#include "tests/reference.hpp"

namespace steady {

using namespace detail;
namespace {

using boost::multiprecision::cpp_rational;

// Irreducible, or with states that are left: rates over 5 orders of magnitude, or over 200.
Chain any_chain(std::mt19937& random, std::size_t states) {
  std::uniform_real_distribution<double> exponent(0, random() % 4 == 0 ? 200 : 5);
  const bool irreducible = random() % 4 != 0;
  std::vector<reference::Rate> rates;
  for (State i = 0; i < states; ++i) {
    if (irreducible || i + 1 < states)
      rates.push_back({i, static_cast<State>((i + 1) % states), std::pow(10, -exponent(random))});
    for (std::size_t k = random() % 4; k > 0; --k) {
      const auto j = static_cast<State>(random() % states);
      if (j != i && (irreducible || j > i)) rates.push_back({i, j, std::pow(10, -exponent(random))});
    }
  }
  return reference::chain_of(Kind::ctmc, states, rates);
}

// y with y M = b, M: minus the generator without row and column of j. Exact but for the last conversion.
std::vector<double> majorant(const Chain& chain, const std::vector<double>& b, State j) {
  const std::size_t n = chain.size();
  auto rate = tests::rates_of<cpp_rational>(chain);
  std::vector<cpp_rational> exact(b.begin(), b.end());
  // Gauss's elimination of y from the last state on: no pivot is 0, as each state leads to j.
  std::vector<cpp_rational> exit(n);
  std::vector<std::size_t> gone;
  for (std::size_t k = n; k-- > 0;) {
    if (k == j) continue;
    gone.push_back(k);
    for (std::size_t i = 0; i < n; ++i)
      if (i != k && std::find(gone.begin(), gone.end(), i) == gone.end()) exit[k] += rate[k][i];
    if (exit[k] == 0) return {};
    for (std::size_t i = 0; i < n; ++i) {
      if (std::find(gone.begin(), gone.end(), i) != gone.end()) continue;
      exact[i] += exact[k] * rate[k][i] / exit[k];
      for (std::size_t l = 0; l < n; ++l)
        if (l != i && std::find(gone.begin(), gone.end(), l) == gone.end())
          rate[l][i] += rate[l][k] * rate[k][i] / exit[k];
    }
  }
  std::vector<cpp_rational> y(n);
  for (std::size_t g = gone.size(); g-- > 0;) {
    const std::size_t k = gone[g];
    cpp_rational entering = exact[k];
    for (std::size_t i = 0; i < n; ++i)
      if (std::find(gone.begin() + static_cast<std::ptrdiff_t>(g) + 1, gone.end(), i) != gone.end())
        entering += y[i] * rate[i][k];
    y[k] = entering / exit[k];
  }
  std::vector<double> rounded;
  for (const cpp_rational& entry : y) rounded.push_back(static_cast<double>(entry));
  return rounded;
}

cpp_rational true_error(const std::vector<double>& p, const std::vector<cpp_rational>& exact) {
  cpp_rational mass = 0, sum = 0;
  for (const double entry : p) mass += cpp_rational(entry);
  for (std::size_t i = 0; i < p.size(); ++i) sum += abs(cpp_rational(p[i]) / mass - exact[i]);
  return sum / 2;
}

}  // namespace

TEST_CASE("exit rates are enclosed, and exact where two doubles hold them", "[certify]") {
  std::mt19937 random(1);
  for (int seed = 0; seed < 100; ++seed) {
    const Chain chain = any_chain(random, 2 + random() % 30);
    const auto rate = tests::rates_of<cpp_rational>(chain);
    const std::vector<Exit> exits = exact_exits(chain.inflow);
    for (std::size_t i = 0; i < chain.size(); ++i) {
      cpp_rational sum = 0;
      for (const cpp_rational& each : rate[i]) sum += each;
      const cpp_rational off = abs(sum - cpp_rational(exits[i].high) - cpp_rational(exits[i].low));
      REQUIRE(off <= cpp_rational(exits[i].error));
      REQUIRE(exits[i].error <= exits[i].high * 0x1p-100);
    }
  }
}

TEST_CASE("a proof by a majorant is never below the true error", "[certify]") {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> change(-1, 1);
  int proven = 0, sharp = 0;
  for (int seed = 0; seed < 60; ++seed) {
    const Chain chain = any_chain(random, 2 + random() % 10);
    const std::vector<cpp_rational> exact = tests::exact_long_run<cpp_rational>(chain);
    std::vector<double> p;
    const double wrong = seed % 3 == 0 ? 0 : std::pow(10, -12 * std::abs(change(random)));
    for (const cpp_rational& entry : exact) p.push_back(static_cast<double>(entry) * (1 + wrong * change(random)));
    const auto j = static_cast<State>(std::max_element(p.begin(), p.end()) - p.begin());
    const MajorantChecker checker(chain);
    const std::vector<double> imbalance = checker.imbalance(p);
    std::vector<double> b;
    double sum = 0;
    for (const double r : imbalance) sum += r;
    for (const double r : imbalance) b.push_back(2 * r + sum / static_cast<double>(p.size()) + 1e-300);
    std::vector<double> y = majorant(chain, b, j);
    if (y.empty()) continue;
    const MajorantProof proof = checker.check(p, imbalance, y, j);
    INFO("seed " << seed << ", " << chain.size() << " states, " << proof.reason);
    if (proof.holds) {
      ++proven;
      REQUIRE(cpp_rational(proof.total_variation) >= true_error(p, exact));
      sharp += proof.total_variation <= 1e3 * std::max(static_cast<double>(true_error(p, exact)), 1e-15) ? 1 : 0;
    }
    for (int attack = 0; attack < 10; ++attack) {  // any other witness says no, or no less than the error
      std::vector<double> other = y;
      if (attack % 2 == 0)
        for (double& entry : other) entry *= std::pow(10, attack * change(random));
      else
        other[random() % other.size()] *= change(random);
      const auto state = attack % 5 == 0 ? static_cast<State>(random() % p.size()) : j;
      other[state] = attack % 7 == 0 ? 1 : 0;
      const MajorantProof attacked = checker.check(p, imbalance, other, state);
      if (attacked.holds) REQUIRE(cpp_rational(attacked.total_variation) >= true_error(p, exact));
    }
  }
  CHECK(proven > 30);
  CHECK(sharp > 25);
}

TEST_CASE("witnesses that do not fit, or of several closed sets, prove nothing", "[certify]") {
  const Chain pairs = reference::chain_of(Kind::ctmc, 4, {{0, 1, 1}, {1, 0, 1}, {2, 3, 1}, {3, 2, 1}});
  const MajorantChecker checker(pairs);
  const std::vector<double> p(4, 0.25), imbalance = checker.imbalance(p);
  CHECK(imbalance == std::vector<double>(4, 0.0));
  for (const double y : {0.0, 1.0, 1e300, -1.0}) CHECK_FALSE(checker.check(p, imbalance, {0, y, y, y}, 0).holds);
  CHECK_FALSE(checker.check(p, imbalance, {0, 1, 1}, 0).holds);
  CHECK_FALSE(checker.check(p, imbalance, {0, 1, 1, 1}, 4).holds);
  const Chain pair = reference::chain_of(Kind::ctmc, 2, {{0, 1, 1}, {1, 0, 3}});
  const MajorantChecker small(pair);
  const std::vector<double> exact = {0.75, 0.25};
  CHECK(small.check(exact, small.imbalance(exact), {0, 1}, 0).total_variation == 0);
  CHECK_FALSE(small.check(exact, small.imbalance(exact), {1, 1}, 0).holds);
  CHECK_FALSE(small.check({0, 1}, small.imbalance({0, 1}), {0, 1}, 0).holds);
  CHECK_FALSE(small.check(exact, small.imbalance(exact), {0, NAN}, 0).holds);
  CHECK_FALSE(small.check(exact, small.imbalance(exact), {0, 1e308}, 0).holds);
}

using RateTable = std::map<std::pair<State, State>, double>;

RateTable rates_of(const Chain& chain) {
  RateTable rates;
  for (State i = 0; i < chain.size(); ++i) {
    rates[{i, i}] = chain.exit_rate[i];
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rates[{chain.inflow.column[k], i}] = chain.inflow.value[k];
  }
  return rates;
}

// Those from j replaced by b.
RateTable restarted_rates(State j, const std::vector<double>& b, const Chain& chain) {
  RateTable rates = rates_of(chain);
  std::erase_if(rates, [&](const auto& rate) { return rate.first.first == j && rate.first.second != j; });
  for (State i = 0; i < chain.size(); ++i)
    if (i != j) rates[{j, i}] = b[i];
  return rates;
}

TEST_CASE("what flows through a chain that restarts solves y M = b", "[certify]") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> share(0.1, 1);
  const Direction directions[] = {Direction::forward, Direction::backward};
  for (int seed = 0; seed < 40; ++seed) {
    const std::size_t n = 2 + random() % 32;
    std::vector<reference::Rate> rates;
    for (State i = 0; i < n; ++i) {
      rates.push_back({i, static_cast<State>((i + 1) % n), share(random)});
      for (std::size_t k = random() % 4; k > 0; --k) {
        const auto to = static_cast<State>(random() % n);
        if (to != i && to != (i + 1) % n) rates.push_back({i, to, std::pow(10, -4 * share(random))});
      }
    }
    const Chain chain = reference::chain_of(Kind::ctmc, static_cast<State>(n), rates);
    const auto j = static_cast<State>(random() % n);
    std::vector<double> b(n);
    double sum = 0;
    for (State i = 0; i < n; ++i) sum += b[i] = i == j ? 0 : share(random);
    for (double& entry : b) entry *= chain.exit_rate[j] / sum;
    CHECK(rates_of(restarted_at(j, b, chain)) == restarted_rates(j, b, chain));
    const std::vector<double> exact = majorant(chain, b, j);
    for (const double within : {0.5, 1e-9}) {
      const RestartedFlow flow = flow_restarted_at(j, b, within, chain, directions, 10'000, [] { return false; });
      INFO("seed " << seed << ", " << n << " states, to " << within);
      REQUIRE(flow.reached);
      CHECK(flow.passes < 1000);
      CHECK(flow.y[j] == 0);
      double more = 0;  // than the exact solution, on average
      for (State i = 0; i < n; ++i) {
        double entering = 0;
        for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
          entering += chain.inflow.value[k] * flow.y[chain.inflow.column[k]];
        if (i != j) CHECK(flow.y[i] * chain.exit_rate[i] - entering >= (1 - within) * b[i] - 1e-12 * entering);
        CHECK(flow.y[i] >= (1 - within) * exact[i] * (1 - 1e-9));
        more += flow.y[i] / (1e-300 + exact[i]) / static_cast<double>(n);
      }
      CHECK(more < 3);
    }
    CHECK_FALSE(flow_restarted_at(j, b, -1, chain, directions, 100, [] { return false; }).reached);
    CHECK_FALSE(flow_restarted_at(j, b, -1, chain, directions, 10'000, [] { return true; }).reached);
  }
}

TEST_CASE("what a solve keeps makes its proof, the same bits for any number of threads", "[certify]") {
  constexpr State side = 140;
  std::vector<reference::Rate> rates;
  for (State i = 0; i < side * side; ++i) {
    if (i % side + 1 < side) rates.insert(rates.end(), {{i, i + 1, 1}, {i + 1, i, 1.5}});
    if (i / side + 1 < side) rates.insert(rates.end(), {{i, i + side, 1}, {i + side, i, 1.25}});
  }
  std::vector<double> exact;  // of two independent queues
  for (State i = 0; i < side * side; ++i)
    exact.push_back(std::pow(1.5, -static_cast<double>(i % side)) * std::pow(1.25, -static_cast<double>(i / side)));
  double mass = 0;
  for (const double entry : exact) mass += entry;
  for (double& entry : exact) entry /= mass;
  const Chain chain = reference::chain_of(Kind::ctmc, side * side, rates);
  std::vector<double> bounds;
  for (const Method method : {Method::bicgstab, Method::gauss_seidel, Method::multilevel})
    for (const int threads : {1, 3}) {
      Options options;
      options.method = method;
      options.keep_matrix = true;
      options.check_aggregates = false;
      const int before = omp_get_max_threads();
      omp_set_num_threads(threads);
      Solution solution = solve(chain, options);
      REQUIRE(solution.kept);
      const Certificate certificate = certify(chain, solution);
      omp_set_num_threads(before);
      INFO(certificate.reason);
      REQUIRE(certificate.proven);
      CHECK_FALSE(solution.kept);
      CHECK(certificate.proof->hitting_times.empty());
      CHECK(certificate.total_variation < usual_target);
      CHECK(reference::largest_difference(solution.distribution, exact) < certificate.total_variation + 1e-15);
      bounds.push_back(certificate.total_variation);
      options.keep_matrix = true;
      Solution again = solve(chain, options);  // nearer than doubles are: not by a majorant
      CHECK(certify(chain, again, 1e-14, Effort::any).total_variation < 1e-14);
    }
  for (std::size_t k = 0; k < bounds.size(); k += 2) CHECK(bounds[k] == bounds[k + 1]);
}

}  // namespace steady
