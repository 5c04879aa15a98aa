// Components, periods and dependency levels, by hand.
#include "solver/structure/structure.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include <steady/error.hpp>
#include <steady/solve.hpp>

#include "formats/chain/levels.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using reference::chain_of;

namespace {

Structure structure_of(const Chain& chain) {
  return find_structure(chain, find_components(chain), count_levels(chain.inflow));
}

}  // namespace

TEST_CASE("components are numbered so that transitions between them ascend") {
  const Chain chain =
      chain_of(Kind::ctmc, 6, {{0, 1, 1}, {1, 0, 1}, {1, 2, 1}, {2, 3, 1}, {3, 2, 1}, {0, 4, 1}, {5, 0, 1}});
  const Components c = find_components(chain);
  REQUIRE(c.count == 4);
  CHECK(c.of[0] == c.of[1]);
  CHECK(c.of[2] == c.of[3]);
  CHECK(c.of[5] < c.of[0]);
  CHECK(c.of[0] < c.of[2]);
  CHECK(c.of[0] < c.of[4]);
  CHECK(c.bottom[c.of[2]]);
  CHECK(c.bottom[c.of[4]]);
  CHECK_FALSE(c.bottom[c.of[0]]);
  CHECK_FALSE(c.reachable[c.of[5]]);
  CHECK(c.reachable[c.of[4]]);
  const Structure s = structure_of(chain);
  CHECK(s.bottom_components == 2);
  CHECK(s.transient_states == 3);
  const Grouping grouping = group_states(c);
  REQUIRE(grouping[c.of[2]].size() == 2);
  CHECK(grouping[c.of[2]][0] == 2);
  CHECK(grouping[c.of[2]][1] == 3);
}

TEST_CASE("a ring is one component in whatever order its states are numbered, and n where it is cut") {
  constexpr State n = 1001;
  for (const State stride : {1u, 1000u, 379u}) {  // upwards, downwards, criss-cross
    std::vector<reference::Rate> rates;
    for (State k = 0; k < n; ++k) rates.push_back({k * stride % n, (k + 1) * stride % n, 1});
    const auto count = [](const Chain& chain) { return find_components(chain).count; };
    CHECK(count(chain_of(Kind::ctmc, n, rates)) == 1);
    CHECK(structure_of(chain_of(Kind::ctmc, n, rates)).transient_states == 0);

    std::vector<reference::Rate> with_exit = rates, with_entrance = rates;
    with_exit.push_back({500, n, 1});
    with_entrance.push_back({n, 500, 1});
    const Chain leaving = chain_of(Kind::ctmc, n + 1, with_exit);
    CHECK(count(leaving) == 2);
    CHECK(structure_of(leaving).transient_states == n);
    CHECK(count(chain_of(Kind::ctmc, n + 1, with_entrance)) == 2);
    CHECK(structure_of(chain_of(Kind::ctmc, n + 1, with_entrance)).transient_states == 1);

    rates.erase(rates.begin() + 700);
    CHECK(count(chain_of(Kind::ctmc, n, rates)) == n);
  }
}

TEST_CASE("only bottom components that can be reached count") {
  Chain chain = chain_of(Kind::ctmc, 4, {{0, 1, 1}, {1, 0, 2}, {3, 2, 1}, {3, 0, 1}});
  CHECK(structure_of(chain).bottom_components == 1);
  const Solution solution = solve(chain);
  CHECK(solution.distribution[0] == Approx(2.0 / 3));
  CHECK(solution.distribution[1] == Approx(1.0 / 3));
  CHECK(solution.distribution[2] == 0);
  CHECK(solution.distribution[3] == 0);

  chain.initial = {{2, 1.0}};
  CHECK(solve(chain).distribution == std::vector<double>{0, 0, 1, 0});
}

TEST_CASE("transient states get 0 and the rest is solved as a chain of its own") {
  // 300 transient states that fall into a random chain of 700.
  const Chain inner = reference::random_chain(Kind::ctmc, 700, 4, 1, 3);
  std::vector<reference::Rate> rates;
  for (State i = 0; i < 700; ++i)
    for (std::uint64_t k = inner.inflow.row_start[i]; k < inner.inflow.row_start[i + 1]; ++k)
      rates.push_back({inner.inflow.column[k] + 300, i + 300, inner.inflow.value[k]});
  for (State i = 0; i < 300; ++i) rates.push_back({i, i + 1, 1000.0 + i});
  const Chain chain = chain_of(Kind::ctmc, 1000, rates);
  const Structure s = structure_of(chain);
  CHECK(s.components == 301);
  CHECK(s.transient_states == 300);
  const Solution whole = solve(chain);
  const Solution part = solve(inner);
  CHECK(whole.converged);
  for (std::size_t i = 0; i < 300; ++i) CHECK(whole.distribution[i] == 0);
  CHECK(reference::largest_difference({whole.distribution.begin() + 300, whole.distribution.end()}, part.distribution) <
        1e-15);
}

TEST_CASE("a million states in one path need no deep recursion") {
  const Chain chain = reference::ring(Kind::ctmc, 1000000);
  CHECK(structure_of(chain).components == 1);
  const Chain path = [] {
    std::vector<reference::Rate> rates;
    for (State i = 0; i + 1 < 1000000; ++i) rates.push_back({i, i + 1, 1});
    return chain_of(Kind::ctmc, 1000000, rates);
  }();
  CHECK(structure_of(path).components == 1000000);
  CHECK(solve(path).distribution.back() == 1);
}

TEST_CASE("periods") {
  for (const std::size_t n : {1, 2, 3, 12}) CHECK(structure_of(reference::ring(Kind::dtmc, n)).period == n);
  CHECK(structure_of(reference::ring(Kind::ctmc, 12)).period == 1);
  // Cycles of 4 and 6 through state 0.
  std::vector<reference::Rate> rates{{0, 1, 0.5}, {0, 4, 0.5}, {1, 2, 1}, {2, 3, 1}, {3, 0, 1},
                                     {4, 5, 1},   {5, 6, 1},   {6, 7, 1}, {7, 8, 1}, {8, 0, 1}};
  CHECK(structure_of(chain_of(Kind::dtmc, 9, rates)).period == 2);
  rates.push_back({5, 5, 0.5});
  rates[6].rate = 0.5;
  CHECK(structure_of(chain_of(Kind::dtmc, 9, rates)).period == 1);
}

TEST_CASE("a periodic chain has its long-run average") {
  const Solution solution = solve(reference::ring(Kind::dtmc, 600));
  CHECK(solution.converged);
  for (const double p : solution.distribution) CHECK(p == Approx(1.0 / 600).epsilon(1e-9));
}

TEST_CASE("dependency levels") {
  const Levels path = count_levels(reference::birth_death({1, 1, 1, 1}, {1, 1, 1, 1}).inflow);
  CHECK(path.forward == 5);
  CHECK(path.backward == 5);
  const Levels loop = count_levels(reference::ring(Kind::ctmc, 5).inflow);  // each but the first follows its own source
  CHECK(loop.forward == 5);
  CHECK(loop.backward == 2);
}

TEST_CASE("distinct values") {
  const DistinctValues d = count_distinct(reference::mmck(2, 1, 3, 20));
  CHECK(d.rates == 3);       // 2 (also two servers), 1, 3
  CHECK(d.exit_rates == 4);  // 2, 3, 4, 5; 3 again in the last state
}

TEST_CASE("a single state has probability 1") {
  const Chain chain = chain_of(Kind::dtmc, 1, {{0, 0, 1}});
  const Solution solution = solve(chain);
  CHECK(solution.converged);
  CHECK(solution.residual == 0);
  CHECK(solution.distribution == std::vector<double>{1});
}

TEST_CASE("unknown option values are named") {
  const Chain chain = reference::ring(Kind::ctmc, 3);
  Options options;
  options.method = static_cast<Method>(77);
  CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("method: there is no value 77"));
  options = {};
  options.storage = static_cast<Storage>(-1);
  CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("storage: there is no value -1"));
  options = {};
  options.kernel = "csr-columns";
  CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("csr-columns") && ContainsSubstring("csr-rows"));
  options.storage = Storage::mask;
  options.kernel = "csr-rows";
  CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("does not multiply"));
  options = {};
  options.tolerance = -1;
  CHECK_THROWS_AS(solve(chain, options), Error);
}

TEST_CASE("nearly decomposable: more than one closed set without the weak transitions, against all components") {
  constexpr double share = 0.3;
  int decomposable = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    const std::size_t states = 2 + seed % 40;
    const Chain chain = reference::random_chain(Kind::ctmc, states, 2, 3, seed);
    std::vector<reference::Rate> strong;
    const Csr& in = chain.inflow;
    for (State i = 0; i < states; ++i)
      for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k)
        if (in.value[k] >= share * chain.exit_rate[in.column[k]]) strong.push_back({in.column[k], i, in.value[k]});
    const Components components = find_components(chain_of(Kind::ctmc, static_cast<State>(states), strong));
    const bool expected = std::count(components.bottom.begin(), components.bottom.end(), true) > 1;
    decomposable += expected ? 1 : 0;
    CHECK(is_decomposable(in, chain.exit_rate, share) == expected);
  }
  CHECK(decomposable > 10);
  CHECK(decomposable < 190);
}

TEST_CASE("what is found out beside the components: that strong transitions lead back to where the model begins") {
  int known = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    Chain chain = reference::random_chain(Kind::ctmc, 2 + seed % 40, 2, 300, seed);
    for (std::size_t k = 0; k < chain.inflow.entries(); ++k)  // some weak ones
      if (k % 3 == 0) chain.inflow.value[k] *= 1e-4;
    chain.exit_rate.assign(chain.size(), 0.0);
    for (std::size_t k = 0; k < chain.inflow.entries(); ++k)
      chain.exit_rate[chain.inflow.column[k]] += chain.inflow.value[k];
    const Components components = find_components(chain);
    if (!components.indecomposable) continue;
    ++known;
    CHECK(components.count == 1);
    CHECK_FALSE(is_decomposable(chain.inflow, chain.exit_rate));
  }
  CHECK(known > 10);
  CHECK(known < 190);
}

TEST_CASE("distinct rates are counted, however many") {
  std::vector<reference::Rate> rates;
  for (State i = 0; i < 5000; ++i) {
    rates.push_back({i, (i + 1) % 5000, 1.0 + i});
    rates.push_back({i, (i + 2) % 5000, 0.5 + i % 7});
  }
  const DistinctValues distinct = count_distinct(chain_of(Kind::ctmc, 5000, rates));
  CHECK(distinct.rates == 5007);
  CHECK(distinct.exit_rates > 4000);
}

TEST_CASE("a long path of states in any order is searched in time") {
  // A cycle through all states in a shuffled order, and a weak transition.
  constexpr State n = 300000;
  std::vector<State> order(n);
  std::iota(order.begin(), order.end(), State{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::vector<reference::Rate> rates;
  for (State i = 0; i < n; ++i) rates.push_back({order[i], order[(i + 1) % n], 1});
  rates.push_back({order[0], order[n / 2], 1e-6});
  const Chain chain = chain_of(Kind::ctmc, n, rates);
  CHECK_FALSE(is_decomposable(chain.inflow, chain.exit_rate, 0.01));
}
