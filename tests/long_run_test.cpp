// Chains with transient states, several bottom components and periods: long-run averages, from the initial distribution
// and from every starting state, against fractions.
#include <omp.h>

#include <cmath>
#include <random>

#include <steady/properties.hpp>
#include <steady/starting_states.hpp>

#include "formats/vectors/host.hpp"
#include "solver/absorbing_rates.hpp"
#include "solver/methods/list.hpp"
#include "tests/catch.hpp"
#include "tests/prism_models.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using reference::chain_of;

namespace {

std::vector<Method> all_methods() {
  std::vector<Method> all{Method::automatic};
  for (const MethodEntry<HostVector>& method : methods<HostVector>) all.push_back(method.method);
  return all;
}

Solution solve_with(const Chain& chain, Method method, double tolerance = 1e-14) {
  Options options;
  options.method = method;
  options.tolerance = tolerance;
  return solve(chain, options);
}

void check_close(const std::vector<double>& found, const std::vector<double>& truth, double bound = 1e-12) {
  CHECK(reference::largest_difference(found, truth) < bound);
}

// A start that falls into a cycle of three with probability 1/3, into one of two with 2/3.
Chain two_cycles(Kind kind) {
  return chain_of(kind, 6, {{0, 1, 1.0 / 3}, {0, 4, 2.0 / 3}, {1, 2, 1}, {2, 3, 1}, {3, 1, 1}, {4, 5, 1}, {5, 4, 1}});
}

// One way out at either end of a path of `inner` transient states: up with rate p, down with q. The first state and the
// last absorb.
Chain ruin(std::size_t inner, double p, double q, State start) {
  std::vector<reference::Rate> rates;
  for (State i = 1; i <= inner; ++i) {
    rates.push_back({i, i + 1, p});
    rates.push_back({i, i - 1, q});
  }
  Chain chain = chain_of(Kind::ctmc, inner + 2, rates);
  chain.initial = {{start, 1.0}};
  return chain;
}

// Probability of ending at the top.
double ruin_solution(std::size_t inner, double p, double q, State start) {
  const auto n = static_cast<double>(inner + 1);
  if (p == q) return start / n;
  const double r = q / p;
  return r < 1 ? (1 - std::pow(r, start)) / (1 - std::pow(r, n))
               : (std::pow(r, start - n) - std::pow(r, -n)) / (1 - std::pow(r, -n));
}

// A symmetric walk on a square, from a corner as far from one of the two corners that absorb as from the other.
Chain square(State side) {
  std::vector<reference::Rate> rates;
  for (State i = 1; i + 1 < side * side; ++i) {
    if (i % side > 0) rates.push_back({i, i - 1, 1});
    if (i % side + 1 < side) rates.push_back({i, i + 1, 1});
    if (i >= side) rates.push_back({i, i - side, 1});
    if (i + side < side * side) rates.push_back({i, i + side, 1});
  }
  Chain chain = chain_of(Kind::ctmc, side * side, rates);
  chain.initial = {{side - 1, 1.0}};
  return chain;
}

// Two random sets of states between which the chain hardly ever goes, each with a way out that it takes even less
// often. State 0 ends the first, the last state the second.
Chain two_sets(State each, double across, double out, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<reference::Rate> rates;
  for (State first : {State{1}, static_cast<State>(1 + each)})
    for (State i = 0; i < each; ++i) {
      rates.push_back({first + i, first + (i + 1) % each, 1});
      for (int k = 0; k < 4; ++k)
        rates.push_back({first + i, first + static_cast<State>(random() % each), 0.1 + random() % 1000 / 333.0});
    }
  rates.push_back({1, 1 + each, across});
  rates.push_back({6 + each, 8, 2 * across});
  rates.push_back({4, 0, out});
  rates.push_back({10 + each, 2 * each + 1, 3 * out});
  Chain chain = chain_of(Kind::ctmc, 2 * each + 2, rates);
  chain.initial = {{2, 1.0}};
  return chain;
}

// The probability of ending in the last state from each state between the first and the last, by elimination.
std::vector<double> eliminated_end(const Chain& chain) {
  const Csr& in = chain.inflow;
  const std::size_t n = chain.size() - 2;
  AbsorbingRates rates{{}, {}, std::vector<double>(n, 0.0)};
  std::vector<double> end(n, 0.0);
  for (State i = 0; i < n + 2; ++i) {
    const bool inside = i > 0 && i <= n;
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k) {
      const State from = in.column[k] - 1;
      if (!inside) rates.absorption_rate[from] += in.value[k];
      if (i > n) end[from] += in.value[k];
      if (inside) rates.inflow.column.push_back(from), rates.inflow.value.push_back(in.value[k]);
    }
    if (inside) rates.inflow.row_start.push_back(rates.inflow.column.size());
    if (inside) rates.exit_rate.push_back(chain.exit_rate[i]);
  }
  std::vector<double> result;
  for (const ExtendedRange& entry : solve_by_elimination(rates, Side::columns, end))
    result.push_back(static_cast<double>(entry));
  return result;
}

}  // namespace

TEST_CASE("every method weighs two cycles by the way into them") {
  const Method method = GENERATE(from_range(all_methods()));
  const Kind kind = GENERATE(Kind::ctmc, Kind::dtmc);
  INFO(name(method) << " " << name(kind));
  const Solution solution = solve_with(two_cycles(kind), method);
  CHECK(solution.converged);
  CHECK(solution.residual <= 1e-14 * 1.01);
  CHECK(solution.structure.bottom_components == 2);
  CHECK(solution.structure.period == (kind == Kind::dtmc ? 3u : 1u));
  check_close(solution.distribution, {0, 1.0 / 9, 1.0 / 9, 1.0 / 9, 1.0 / 3, 1.0 / 3});
  REQUIRE(solution.components.size() == 2);
  CHECK(solution.components[0].weight + solution.components[1].weight == Approx(1).epsilon(1e-15));
}

TEST_CASE("every method averages a flip-flop from one start") {
  const Method method = GENERATE(from_range(all_methods()));
  INFO(name(method));
  check_close(solve_with(reference::ring(Kind::dtmc, 2), method).distribution, {0.5, 0.5}, 1e-15);
}

TEST_CASE("a discrete-time model with two bottom components, by every method") {
  const Method method = GENERATE(from_range(all_methods()));
  INFO(name(method));
  const Model model = tests::read_text(R"(
    dtmc
    module where s : [0..2];
      [step] s=0 -> 1/4 : true + 1/2 : (s'=1) + 1/4 : (s'=2);
      [step] s>0 -> true;
    endmodule
    module dice t : [0..2];
      [step] true -> 1/2 : (t'=0) + 1/4 : (t'=1) + 1/4 : (t'=2);
    endmodule
  )");
  const Solution solution = solve_with(model.chain, method);
  CHECK(solution.converged);
  std::vector<std::string> notes;
  const auto queries =
      read_properties("S=? [ s=1&t=0 ]; S=? [ s=2&t=2 ]; S=? [ s=0 ]; S>0.3 [ s=1&t=0 ] & !(S>0.1 [ s=2&t=2 ])", "p",
                      *model.vocabulary, model.chain, {}, notes);
  REQUIRE(queries.size() == 4);
  CHECK(*evaluate(queries[0], solution.distribution).value == Approx(1.0 / 3).epsilon(1e-12));
  CHECK(*evaluate(queries[1], solution.distribution).value == Approx(1.0 / 12).epsilon(1e-12));
  CHECK(*evaluate(queries[2], solution.distribution).value == 0);
  CHECK(*evaluate(queries[3], solution.distribution).holds);
}

TEST_CASE("random reducible chains agree with fractions, from the initial distribution and from every state") {
  const Kind kind = GENERATE(Kind::ctmc, Kind::dtmc);
  const double decades = GENERATE(0.0, 2.0, 8.0);
  std::size_t reducible = 0;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    const Chain chain = reference::random_reducible_chain(kind, 4 + seed, 3, decades, seed);
    INFO(name(kind) << " decades " << decades << " seed " << seed);
    const Solution solution = solve(chain, {}, {}, Starts::every);
    CHECK(solution.converged);
    reducible += solution.structure.bottom_components > 1 ? 1 : 0;
    check_close(solution.distribution, reference::exact_long_run(chain), 1e-13);

    const auto exact = reference::exact_long_runs(chain);
    StartingStates starts(chain, solution, {}, {});
    const auto value = [](State s) { return 1.0 + s * s; };
    const std::vector<double> averages = starts.averages(value);
    for (std::size_t s = 0; s < chain.size(); ++s) {
      reference::Rational truth = 0;
      for (State i = 0; i < chain.size(); ++i) truth += exact[s][i] * reference::Rational(value(i));
      CHECK(averages[s] == Approx(static_cast<double>(truth)).epsilon(1e-12));
    }
  }
  CHECK(reducible >= 4);
}

TEST_CASE("initial states that are transient, in one component, or spread with unequal weights") {
  Chain chain = two_cycles(Kind::ctmc);
  chain.initial = {{2, 1.0}};
  check_close(solve(chain).distribution, {0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0, 0});
  CHECK(solve(chain).structure.bottom_components == 1);
  chain.initial = {{1, 0.125}, {5, 0.875}};
  check_close(solve(chain).distribution, {0, 0.125 / 3, 0.125 / 3, 0.125 / 3, 0.4375, 0.4375});
  chain.initial = {{0, 0.75}, {3, 0.25}};
  check_close(solve(chain).distribution, {0, 1.0 / 6, 1.0 / 6, 1.0 / 6, 0.25, 0.25});
}

TEST_CASE("absorbing states without number take linear time and one line of the report") {
  // A path with a way out at each state, by which half of what comes leaves for good: 2^-k.
  constexpr State n = 200000;
  std::vector<reference::Rate> rates;
  for (State i = 0; i + 1 < n; ++i) {
    rates.push_back({i, i + 1, i % 1000 == 999 ? 1e-3 : 1});
    rates.push_back({i, n + i, i % 1000 == 999 ? 1 : 1e-3});
  }
  const Solution solution = solve(chain_of(Kind::ctmc, 2 * n - 1, rates));
  CHECK(solution.converged);
  CHECK(solution.tried.empty());
  CHECK(solution.structure.bottom_components == n);
  CHECK(solution.transient.method == AbsorptionMethod::division);
  CHECK(solution.distribution[n] == Approx(1e-3 / 1.001).epsilon(1e-13));
  CHECK(solution.distribution[n + 999] == Approx(std::pow(1.001, -999) / 1.001).epsilon(1e-11));
}

TEST_CASE("thousands of small bottom components make one entry of what was tried") {
  constexpr State n = 20000;  // two states each, of probabilities 1/4 and 3/4
  std::vector<reference::Rate> rates;
  for (State k = 0; k < n; ++k) {
    rates.push_back({0, 2 * k + 1, 1});
    rates.push_back({2 * k + 1, 2 * k + 2, 3});
    rates.push_back({2 * k + 2, 2 * k + 1, 1});
  }
  const Chain chain = chain_of(Kind::ctmc, 2 * n + 1, rates);
  for (const Method method : {Method::automatic, Method::gauss_seidel}) {
    const Solution solution = solve_with(chain, method, 1e-12);
    CHECK(solution.converged);
    REQUIRE(solution.tried.size() == 1);
    CHECK(solution.tried[0].chains == n);
    for (State i = 1; i <= 2 * n; i += 777)
      CHECK(solution.distribution[i] == Approx((i % 2 == 1 ? 0.25 : 0.75) / n).epsilon(1e-9));
  }
}

TEST_CASE("a way through a large transient component") {
  // Elimination up to 500 states, iteration beyond.
  const auto inner = GENERATE(std::size_t{99}, std::size_t{500}, std::size_t{501}, std::size_t{3000});
  const double up = GENERATE(1.0, 1.25, 0.96);
  const auto start = static_cast<State>(inner / 3);
  INFO(inner << " states, up " << up);
  const Chain chain = ruin(inner, up, 1, start);
  const Solution solution = solve(chain, {}, {}, Starts::every);
  CHECK(solution.converged);
  CHECK(solution.transient.method ==
        (inner > dense_limit ? AbsorptionMethod::bicgstab : AbsorptionMethod::elimination));
  CHECK(solution.residual <= 1e-10);
  CHECK(solution.distribution.back() == Approx(ruin_solution(inner, up, 1, start)).margin(1e-11));
  CHECK(solution.distribution.front() + solution.distribution.back() == Approx(1).epsilon(1e-14));

  StartingStates starts(chain, solution, {}, {});
  const std::vector<double> top = starts.averages([&](State s) { return s == inner + 1 ? 1.0 : 0.0; });
  CHECK(solved(starts.absorption().outcome.stop));
  for (State s = 0; s <= inner + 1; s += 7) CHECK(top[s] == Approx(ruin_solution(inner, up, 1, s)).margin(1e-9));
}

TEST_CASE("what is left of the times in transient states is divided by the largest exit rate") {
  const auto left = [](double unit) { return solve(ruin(50, 0.6 * unit, 0.3 * unit, 20)).transient.outcome.residual; };
  REQUIRE(left(1) > 0);  // rounding, the same in every unit of time that is a power of two
  CHECK(left(1024) * 1024 == Approx(left(1)).epsilon(1e-12));
  CHECK(left(1.0 / 1024) / 1024 == Approx(left(1)).epsilon(1e-12));
}

TEST_CASE("a walk on a square ends in either corner alike") {
  const Solution solution = solve(square(60));
  CHECK(solution.converged);
  CHECK(solution.transient.method == AbsorptionMethod::bicgstab);
  CHECK(solution.distribution.front() == Approx(0.5).epsilon(1e-11));
}

TEST_CASE("both ways to solve a system with an M-matrix agree") {
  const Side side = GENERATE(Side::rows, Side::columns);
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    const Chain inner = reference::random_chain(Kind::ctmc, 400, 5, 2, seed);
    AbsorbingRates rates{inner.inflow, inner.exit_rate, std::vector<double>(400, 0.0)};
    std::mt19937 random(seed);
    std::vector<double> b;
    for (std::size_t i = 0; i < 400; ++i) {
      if (i % 10 == 0) rates.exit_rate[i] += rates.absorption_rate[i] = 0.01;
      b.push_back(static_cast<double>(random() % 1000) / 1000);
    }
    const std::vector<ExtendedRange> eliminated = solve_by_elimination(rates, side, b);
    Monitor monitor({1e-13}, side == Side::columns ? 1000.0 : 200.0, {});
    monitor.begin(MethodConfig{Method::bicgstab}, std::nullopt);
    std::vector<double> iterated;
    const Outcome outcome = solve_by_refinement(rates, side, b, iterated, monitor);
    CHECK(solved(outcome.stop));
    for (std::size_t i = 0; i < 400; ++i)
      CHECK(iterated[i] == Approx(static_cast<double>(eliminated[i])).epsilon(1e-7));
  }
}

TEST_CASE("iteration ends where its numbers are none") {
  AbsorbingRates rates{{}, {1, 1}, {0.5, 0}};
  rates.inflow.row_start = {0, 1, 2};
  rates.inflow.column = {1, 0};
  rates.inflow.value = {1, 0.5};
  for (const Side side : {Side::rows, Side::columns})
    for (const double bad : {double{NAN}, double{INFINITY}}) {
      Monitor monitor({}, 1, {});
      monitor.begin(MethodConfig{Method::bicgstab}, std::nullopt);
      std::vector<double> x;
      CHECK(solve_by_refinement(rates, side, {1, bad}, x, monitor).stop == Stop::broke_down);
    }
}

TEST_CASE("elimination keeps its digits where the chain hardly ever leaves") {
  // Two states that hand each other on for 10^14 steps: what leaves does so at rates 1e-14 and 3e-14.
  Chain chain = chain_of(Kind::ctmc, 4, {{0, 1, 1}, {1, 0, 1}, {0, 2, 1e-14}, {1, 3, 3e-14}});
  const Solution solution = solve(chain);
  CHECK(solution.converged);
  CHECK(solution.distribution[2] == Approx(0.25).epsilon(1e-13));
  CHECK(solution.distribution[3] == Approx(0.75).epsilon(1e-13));
}

TEST_CASE("a walk that is drawn to the middle is left at either end with the right probability") {
  // From the middle three to one: expected times from 1e6 to more than any double.
  const auto half = GENERATE(State{5}, State{20}, State{70}, State{240});
  INFO(half << " steps to either end");
  std::vector<reference::Rate> rates;
  for (State i = 1; i < 2 * half; ++i) {
    rates.push_back({i, i + 1, i < half ? 1 : i > half ? 1e-5 : 3e-5});
    rates.push_back({i, i - 1, i > half ? 1 : 1e-5});
  }
  Chain chain = chain_of(Kind::ctmc, 2 * half + 1, rates);
  chain.initial = {{half, 1.0}};
  const Solution solution = solve(chain, {}, {}, Starts::every);
  CHECK(solution.converged);
  CHECK(solution.transient.outcome.stop == Stop::rounding);
  CHECK(solution.residual > 1e-10);
  CHECK(solution.transient.balance < 1e-13);
  CHECK(solution.distribution.front() == Approx(0.25).epsilon(1e-12));
  CHECK(solution.distribution.back() == Approx(0.75).epsilon(1e-12));

  StartingStates starts(chain, solution, {}, {});
  const std::vector<double> top = starts.averages([&](State s) { return s == 2 * half ? 1.0 : 0.0; });
  CHECK(solved(starts.absorption().outcome.stop));
  for (State s = half / 2; s <= half + half / 2; ++s) CHECK(top[s] == Approx(0.75).epsilon(1e-8));
}

TEST_CASE("transient states that are hardly ever left are iterated, and eliminated where that fails") {
  const double out = GENERATE(1e-3, 1e-5, 1e-7, 1e-12);
  const double across = GENERATE(1.0, 1e-3) * out;
  INFO("out " << out << ", across " << across);
  const Chain chain = two_sets(300, across, out, 3);
  const std::vector<double> truth = eliminated_end(chain);
  const Solution solution = solve(chain, {}, {}, Starts::every);
  if (out != 1e-7)  // where rounding decides
    CHECK(solution.transient.method ==
          (out >= 1e-5 ? AbsorptionMethod::bicgstab : AbsorptionMethod::bicgstab_elimination));
  CHECK(solution.converged);
  CHECK(solution.distribution.back() == Approx(truth[1]).margin(1e-14));
  StartingStates starts(chain, solution, {}, {});
  const std::vector<double> found = starts.averages([](State s) { return s == 601 ? 1.0 : 0.0; });
  CHECK(solved(starts.absorption().outcome.stop));
  for (std::size_t i = 0; i < truth.size(); ++i) CHECK(found[i + 1] == Approx(truth[i]).margin(1e-11));
}

TEST_CASE("where no probability of ending can be told, none is called solved") {
  // The chain stays in its first state for longer than any double.
  Chain chain = chain_of(Kind::ctmc, 3, {{0, 1, 1e-320}, {0, 2, 3e-320}});
  const Solution solution = solve(chain);
  CHECK_FALSE(solution.converged);
  CHECK(solution.transient.outcome.stop == Stop::broke_down);
  check_close(solution.distribution, {0, 0.5, 0.5}, 1e-15);
}

TEST_CASE("a reducible chain has the same bits for any number of threads") {
  std::vector<reference::Rate> rates;
  for (State part = 0; part < 30; ++part) {
    const Chain inner = reference::random_chain(Kind::ctmc, part == 7 ? 20000 : 50, 4, 1, part + 1);
    const State first = part <= 7 ? 1 + 50 * part : 1 + 50 * 7 + 20000 + 50 * (part - 8);
    rates.push_back({0, first, 1.0 + part});
    for (State i = 0; i < inner.size(); ++i)
      for (std::uint64_t k = inner.inflow.row_start[i]; k < inner.inflow.row_start[i + 1]; ++k)
        rates.push_back({first + inner.inflow.column[k], first + i, inner.inflow.value[k]});
  }
  const Chain chain = chain_of(Kind::ctmc, 1 + 50 * 29 + 20000, rates);
  Options options;
  options.threads = 1;
  const Solution one = solve(chain, options);
  CHECK(one.converged);
  CHECK(one.tried.front().chains == 29);
  CHECK(one.components.size() == 30);
  options.threads = 3;
  CHECK(solve(chain, options).distribution == one.distribution);
  omp_set_num_threads(omp_get_num_procs());
}

TEST_CASE("budgets hold for all components together") {
  std::vector<reference::Rate> rates{{0, 1, 1}, {0, 301, 2}};
  const Chain inner = reference::random_chain(Kind::ctmc, 300, 4, 1, 5);
  for (State i = 0; i < 300; ++i)
    for (std::uint64_t k = inner.inflow.row_start[i]; k < inner.inflow.row_start[i + 1]; ++k)
      for (const State first : {1, 301})
        rates.push_back({first + inner.inflow.column[k], first + i, inner.inflow.value[k]});
  const Chain chain = chain_of(Kind::ctmc, 601, rates);
  Options options;
  options.method = Method::power;
  options.time_limit = 1e-9;
  const Solution none = solve(chain, options);
  CHECK_FALSE(none.converged);
  CHECK(none.tried.back().outcome.stop == Stop::time_limit);
  CHECK(none.components[1].weight + none.components[0].weight == Approx(1).epsilon(1e-14));

  options.time_limit = 0;
  options.max_iterations = 10;
  const Solution some = solve(chain, options);
  CHECK(some.tried.back().outcome.stop == Stop::iteration_limit);
  CHECK(some.tried.back().outcome.iterations <= 11);

  options = {};
  options.max_iterations = 2;
  const Solution few = solve(square(40), options);
  INFO(few.transient.outcome.iterations << " iterations, residual " << few.residual);
  CHECK_FALSE(few.converged);
  CHECK(few.transient.outcome.stop == Stop::iteration_limit);
  CHECK(few.residual > 1e-12);
}
