// Systems of a chain solved entry by entry, and chains closed to one that is irreducible.
#include "solver/entrywise.hpp"

#include <cmath>

#include "solver/closed_chain.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using reference::Rate;

namespace {

using Goal = EntrywiseSystem::Goal;

// b - x M over x(i) q(i), the largest, in long double; or over b(i).
long double rest(const Irreducible& chain, State reference, const std::vector<double>& b, const std::vector<double>& x,
                 Goal goal) {
  long double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i == reference) continue;
    long double r = b[i] - static_cast<long double>(x[i]) * chain.exit_rate[i];
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      if (chain.inflow.column[k] != reference)
        r += static_cast<long double>(x[chain.inflow.column[k]]) * chain.inflow.value[k];
    const long double size = goal == Goal::balanced ? std::abs(r) / (x[i] * chain.exit_rate[i]) : r / b[i];
    largest = std::max(largest, size);
  }
  return largest;
}

struct Case {
  Chain chain;
  std::vector<double> b;  // 2^600 times the rates from state 0

  explicit Case(Chain which) : chain(std::move(which)) {
    std::vector<double> first(chain.size(), 0.0);
    first[0] = 1;
    b = ClosedChain(chain, first).inflow_from_common(0x1p600);
  }
  Irreducible irreducible() const { return {chain.inflow, chain.exit_rate}; }
};

// A line of states, up at 0.02, down at 1: entries fall by 50 from one to the next.
Case steep(State states) {
  std::vector<double> up(states - 1, 0.02), down(states - 1, 1.0);
  return Case(reference::birth_death(up, down));
}

TEST_CASE("sweeps and corrections balance every entry, however small", "[entrywise]") {
  const Case steep_line = steep(60);  // down to 1e-100
  const Irreducible chain = steep_line.irreducible();
  for (const Direction direction : both_directions) {
    const EntrywiseSystem system(chain, 0, direction);
    for (const bool corrected : {false, true}) {
      std::vector<double> x(60, 0x1p600);
      EntrywiseSystem::Budget budget{2000};
      REQUIRE((corrected ? system.correct(steep_line.b, {}, x, Goal::balanced, budget)
                         : system.sweep(steep_line.b, x, Goal::balanced, budget)));
      CHECK(budget.passes < 2000);
      CHECK(rest(chain, 0, steep_line.b, x, Goal::balanced) <= 1e-13L);
      x[0] = 0x1p600;
      for (std::size_t i = 1; i < x.size(); ++i) CHECK(x[i] / x[i - 1] == Approx(0.02).epsilon(1e-10));
    }
  }
}

TEST_CASE("sweeps and corrections find what majorises every entry", "[entrywise]") {
  const Case steep_line = steep(60);
  const Irreducible chain = steep_line.irreducible();
  const EntrywiseSystem system(chain, 0, Direction::forward);
  std::vector<double> scale(60), b(60);
  for (std::size_t i = 0; i < 60; ++i) {
    scale[i] = 0x1p600 * std::pow(0.02, i);
    b[i] = scale[i] * 0x1p-50;
  }
  for (const bool corrected : {false, true}) {
    std::vector<double> y(60, 0.0);
    EntrywiseSystem::Budget budget{2000};
    REQUIRE((corrected ? system.correct(b, scale, y, Goal::majorised, budget)
                       : system.sweep(b, y, Goal::majorised, budget)));
    CHECK(rest(chain, 0, b, y, Goal::majorised) <= 0.45001L);
    CHECK(y[0] == 0);
  }
}

TEST_CASE("a budget of passes is kept, and an interrupt obeyed", "[entrywise]") {
  const Case steep_line = steep(300);
  const EntrywiseSystem system(steep_line.irreducible(), 0, Direction::backward);
  std::vector<double> x(300, 1.0);
  EntrywiseSystem::Budget few{6};
  CHECK_FALSE(system.sweep(steep_line.b, x, Goal::balanced, few));
  CHECK(few.passes == 0);
  EntrywiseSystem::Budget none{1000, [] { return true; }};
  CHECK_FALSE(system.sweep(steep_line.b, x, Goal::balanced, none));
  CHECK_FALSE(system.correct(steep_line.b, {}, x, Goal::balanced, none));
  CHECK(none.passes == 1000);
  EntrywiseSolver solver(steep_line.irreducible(), 0, Direction::forward, true,
                         {INFINITY, EliminationLimits{}.entries, [] { return true; }});
  CHECK_THROWS_AS(solver.solve(steep_line.b, {}, Goal::balanced, 1, x), EntrywiseSolver::Interrupted);
}

TEST_CASE("without work nothing is solved, and it is said", "[entrywise]") {
  const Case steep_line = steep(300);
  EntrywiseSolver solver(steep_line.irreducible(), 0, Direction::forward, false, {0});
  std::vector<double> x(300, 1.0);
  CHECK_FALSE(solver.solve(steep_line.b, {}, Goal::balanced, 1, x));
  CHECK(solver.out_of_work());
  CHECK(solver.passes() == 0);
}

TEST_CASE("a share of the work leaves the rest for what comes after", "[entrywise]") {
  const Case steep_line = steep(3000);  // thousands of sweeps
  const double pass = 2 * 2999;         // transitions
  EntrywiseSolver solver(steep_line.irreducible(), 0, Direction::forward, false, {100 * pass, 0});
  std::vector<double> x(3000, 1.0);
  CHECK_FALSE(solver.solve(steep_line.b, {}, Goal::balanced, 0.5, x));
  CHECK(solver.out_of_work());
  CHECK(solver.passes() == 50);
  CHECK_FALSE(solver.solve(steep_line.b, {}, Goal::balanced, 1, x));
  CHECK(solver.passes() == 100);
}

TEST_CASE("the battery is balanced in every entry", "[entrywise]") {
  for (const auto& [name, chain] : reference::battery()) {
    INFO(name);
    if (chain.size() < 2) continue;
    const Case one{chain};
    for (const bool direct : {false, true}) {
      EntrywiseSolver solver(one.irreducible(), 0, Direction::forward, direct, {});
      std::vector<double> x(chain.size(), 0x1p600);
      REQUIRE(solver.solve(one.b, {}, Goal::balanced, 1, x));
      CHECK(rest(one.irreducible(), 0, one.b, x, Goal::balanced) <= 2e-13L);
    }
  }
}

TEST_CASE("a chain that is irreducible is its own closed chain", "[entrywise]") {
  const Chain chain = reference::courtois();
  std::vector<double> distribution(8, 0.0);
  distribution[5] = 1;
  const ClosedChain closed(chain, distribution);
  CHECK(closed.size() == 8);
  CHECK(closed.common() == 5);
  CHECK(&closed.chain().inflow == &chain.inflow);
  CHECK(closed.block() == std::vector<State>(8, 0));
  CHECK(closed.reference() == std::vector<State>{5});
}

TEST_CASE("closed sets and the states outside become one chain through a common state", "[entrywise]") {
  // From state 0 to 1, and from there to {2, 3} or to 4; 5 is never reached.
  Chain chain = reference::chain_of(Kind::ctmc, 6, {{0, 1, 2}, {1, 2, 3}, {1, 4, 1}, {2, 3, 5}, {3, 2, 7}, {5, 1, 1}});
  chain.initial = {{0, 0.5}, {4, 0.5}};
  const ClosedChain closed(chain, {0, 0, 0.7, 0.5, 1, 0});
  CHECK(closed.block() == std::vector<State>{2, 2, 0, 0, 1, ClosedChain::no_block});
  CHECK(closed.reference() == std::vector<State>{2, 4});
  REQUIRE(closed.size() == 4);  // 0, 1, 3 and the common state
  CHECK(closed.common() == 3);
  const Csr& in = closed.chain().inflow;
  CHECK(in.row_start == std::vector<std::uint64_t>{0, 1, 2, 3, 5});
  CHECK(in.column == std::vector<State>{3, 0, 3, 1, 2});
  CHECK(in.value == std::vector<double>{0.5, 2, 5, 4, 7});
  CHECK(closed.chain().exit_rate == std::vector<double>{2, 4, 7, 5.5});
  CHECK(closed.inflow_from_common(2) == std::vector<double>{1, 0, 10, 0});
  CHECK(closed.gather({1, 2, 3, 4, 5, 6}) == std::vector<double>{1, 2, 4, 0});
  CHECK(closed.spread({1, 2, 4, 0}, 9) == std::vector<double>{1, 2, 9, 4, 9, 0});
}

}  // namespace
