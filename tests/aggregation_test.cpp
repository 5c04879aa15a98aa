// Aggregated chains, elimination and the hierarchy made of them.
#include <cmath>
#include <map>
#include <numeric>

#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "solver/multilevel/hierarchy.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

using Values = std::vector<double>;

Values solution_of(const Chain& chain) {
  Options options;
  options.method = Method::gth;
  return solve(chain, options).distribution;
}

// b - d (D - R)
Values rest(const Chain& chain, const Values& b, const Values& d) {
  Values r = b;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    r[i] -= d[i] * chain.exit_rate[i];
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      r[i] += d[chain.inflow.column[k]] * chain.inflow.value[k];
  }
  return r;
}

Rates rates_of(const Chain& chain) {
  return {chain.inflow.row_start, chain.inflow.column, chain.inflow.value, chain.exit_rate};
}

double norm(const Values& x) { return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0)); }

}  // namespace

TEST_CASE("aggregates are few, small and complete") {
  const Chain chain = GENERATE(families::tandem(31), families::polling(6), families::fms(2),
                               reference::random_chain(Kind::ctmc, 3000, 5, 2, 5));
  const Values x(chain.size(), 1.0 / static_cast<double>(chain.size()));
  const Aggregates aggregates = aggregate(rates_of(chain), x);
  std::vector<int> size(aggregates.count, 0);
  for (const State a : aggregates.of) ++size.at(a);
  for (const int states : size) CHECK((states >= 1 && states <= 9));
  CHECK(aggregates.count <= 0.45 * static_cast<double>(chain.size()));
}

TEST_CASE("aggregates around a hub") {  // which every state enters and which enters every state
  std::vector<reference::Rate> rates;
  for (State i = 1; i < 2000; ++i) {
    rates.push_back({0, i, 1.0 / i});
    rates.push_back({i, 0, 0.1 * i});
  }
  const Chain chain = reference::chain_of(Kind::ctmc, 2000, rates);
  CHECK(aggregate(rates_of(chain), Values(2000, 1.0)).count < 900);
}

TEST_CASE("the aggregated chain of the solution is solved by 1") {
  const Chain chain = reference::random_chain(Kind::ctmc, 300, 5, 3, 8);
  const Values x = solution_of(chain);
  const Aggregates aggregates = aggregate(rates_of(chain), x);
  const std::vector<State> own_numbers;
  AggregatedChain<HostVector> coarse = aggregated(rates_of(chain), Aggregates(aggregates), &own_numbers);
  coarse.refresh(nullptr, HostVector(300, 1.0));  // anything, to be replaced
  coarse.refresh(nullptr, HostVector(x));
  const std::size_t n = coarse.size();
  REQUIRE(n < 150);
  Values balance(n), exit(n, 0.0), weight(n, 0.0);
  for (std::size_t i = 0; i < 300; ++i) weight[aggregates.of[i]] += x[i];
  for (std::size_t a = 0; a < n; ++a) {
    balance[a] = -coarse.exit[a];
    for (std::uint64_t k = coarse.inflow.start[a]; k < coarse.inflow.start[a + 1]; ++k) {
      CHECK(coarse.inflow.entry[k] != a);
      balance[a] += coarse.rate[k];
      exit[coarse.inflow.entry[k]] += coarse.rate[k];
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    CHECK(coarse.weight[a] == Approx(weight[a]).epsilon(1e-14));
    CHECK(exit[a] == Approx(coarse.exit[a]).epsilon(1e-14));
    CHECK(std::abs(balance[a]) < 1e-13 * exit[a]);
  }
}

TEST_CASE("an aggregated chain of an aggregated chain, with vectors in another order") {
  const Chain chain = reference::random_chain(Kind::ctmc, 400, 5, 3, 8);
  std::vector<State> order(400);
  for (State p = 0; p < 400; ++p) order[p] = (p * 7 + 3) % 400;
  const std::vector<State> position = [&] {
    std::vector<State> result(400);
    for (State p = 0; p < 400; ++p) result[order[p]] = p;
    return result;
  }();
  const auto weight_of = [](State state) { return 1.0 + state % 13; };
  Values x(400);
  HostVector ordered(400);
  for (State i = 0; i < 400; ++i) x[i] = ordered[position[i]] = weight_of(i);
  const Aggregates first = aggregate(rates_of(chain), x);
  AggregatedChain<HostVector> fine = aggregated(rates_of(chain), Aggregates(first), &position);
  fine.refresh(nullptr, ordered);
  for (State i = 0; i < 400; ++i) CHECK(fine.of[position[i]] == first.of[i]);
  const Rates rates{
      fine.inflow.start, fine.inflow.entry, {fine.rate.data(), fine.rate.size()}, {fine.exit.data(), fine.exit.size()}};
  const Aggregates second = aggregate(rates, Values(fine.size(), 1.0));
  AggregatedChain<HostVector> coarse = aggregated(rates, Aggregates(second), nullptr);
  HostVector factor(fine.size());
  for (std::size_t a = 0; a < fine.size(); ++a) factor[a] = 0.5 + static_cast<double>(a % 3);
  coarse.refresh(&fine, factor);

  std::map<std::pair<State, State>, double> flow;  // from, to: state by state
  for (State i = 0; i < 400; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k) {
      const State j = chain.inflow.column[k], from = second.of[first.of[j]], to = second.of[first.of[i]];
      if (from != to) flow[{from, to}] += weight_of(j) * factor[first.of[j]] * chain.inflow.value[k];
    }
  CHECK(flow.size() == coarse.rate.size());
  for (State a = 0; a < coarse.size(); ++a)
    for (std::uint64_t k = coarse.inflow.start[a]; k < coarse.inflow.start[a + 1]; ++k)
      CHECK(coarse.rate[k] == Approx(flow.at({coarse.inflow.entry[k], a})).epsilon(1e-13));
}

TEST_CASE("elimination solves systems with the generator's matrix") {
  const Chain chain = reference::random_chain(Kind::ctmc, 60, 5, 3, 4);
  Values rate(60 * 60, 0.0), b(60);
  for (std::size_t i = 0; i < 60; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rate[chain.inflow.column[k] * 60 + i] = chain.inflow.value[k];
  for (std::size_t i = 0; i < 60; ++i) b[i] = std::sin(static_cast<double>(i));
  b[7] -= std::accumulate(b.begin(), b.end(), 0.0);
  const Elimination elimination(60, std::move(rate));
  Values d = b;
  elimination.solve(d.data());
  CHECK(d[0] == 0);
  CHECK(norm(rest(chain, b, d)) < 1e-10 * norm(b));
}

TEST_CASE("a hierarchy's levels are few and light, and its cycle preconditions") {
  const Chain chain = GENERATE(families::tandem(63), families::polling(7), families::fms(2));
  const Hierarchy<HostVector> hierarchy({chain.inflow, chain.exit_rate}, {}, HostVector(chain.size(), 1.0));
  CHECK(hierarchy.levels() >= 2);
  CHECK(hierarchy.levels() <= 7);
  CHECK(hierarchy.coarse_rates() < 2 * chain.inflow.entries());
  Options options;
  options.method = Method::gmres;
  options.preconditioner = Preconditioner::multilevel;
  const Solution solution = solve(chain, options);
  CHECK(solution.converged);
  CHECK(solution.tried.back().outcome.iterations <= 30);
}

TEST_CASE("the solution is left alone by a correction") {
  const Chain chain = reference::random_chain(Kind::ctmc, 1500, 5, 2, 3);
  const IrreducibleChain irreducible{chain.inflow, chain.exit_rate};
  const Values truth = solution_of(chain);
  Hierarchy<HostVector> hierarchy(irreducible, {}, HostVector(truth));
  HostVector x(truth);
  CHECK(hierarchy.correct(x) < 1e-12);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == Approx(truth[i]).epsilon(1e-11));
}
