// Aggregated chains, elimination and the hierarchy made of them.
#include <cmath>
#include <numeric>

#include "bench/families/chains.hpp"
#include "solver/methods/hierarchy.hpp"
#include "solver/solve.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;

namespace {

using Values = std::vector<double>;

Values solution_of(const Chain& chain) {
  Options options;
  options.method = "gth";
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

double norm(const Values& x) { return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0)); }

}  // namespace

TEST_CASE("aggregates are few, small and complete") {
  const Chain chain = GENERATE(families::tandem(31), families::polling(6), families::fms(2),
                               reference::random_chain(Kind::ctmc, 3000, 5, 2, 5));
  const Values x(chain.size(), 1.0 / static_cast<double>(chain.size()));
  const Aggregates aggregates = aggregate(chain.inflow, chain.exit_rate, x);
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
  CHECK(aggregate(chain.inflow, chain.exit_rate, Values(2000, 1.0)).count < 900);
}

TEST_CASE("the aggregated chain of the solution is solved by 1") {
  const Chain chain = reference::random_chain(Kind::ctmc, 300, 5, 3, 8);
  const Values x = solution_of(chain);
  AggregatedChain aggregated(chain.inflow, aggregate(chain.inflow, chain.exit_rate, x));
  aggregated.refresh(chain.inflow, Values(300, 1.0));  // anything, to be replaced
  aggregated.refresh(chain.inflow, x);
  const std::size_t n = aggregated.size();
  REQUIRE(n < 150);
  Values balance(n), exit(n, 0.0), weight(n, 0.0);
  for (std::size_t i = 0; i < 300; ++i) weight[aggregated.aggregates().of[i]] += x[i];
  const Csr& in = aggregated.inflow();
  for (std::size_t a = 0; a < n; ++a) {
    balance[a] = -aggregated.exit_rate()[a];
    for (std::uint64_t k = in.row_start[a]; k < in.row_start[a + 1]; ++k) {
      CHECK(in.column[k] != a);
      balance[a] += in.value[k];
      exit[in.column[k]] += in.value[k];
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    CHECK(aggregated.weight()[a] == Approx(weight[a]).epsilon(1e-14));
    CHECK(exit[a] == Approx(aggregated.exit_rate()[a]).epsilon(1e-14));
    CHECK(std::abs(balance[a]) < 1e-13 * exit[a]);
  }
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
  const Hierarchy hierarchy({chain.inflow, chain.exit_rate}, Values(chain.size(), 1.0));
  CHECK(hierarchy.levels() >= 3);
  CHECK(hierarchy.levels() <= 8);
  CHECK(hierarchy.coarse_entries() < 2 * chain.inflow.entries());
  Options options;
  options.method = "gmres";
  options.preconditioner = "multilevel";
  const Solution solution = solve(chain, options);
  CHECK(solution.converged);
  CHECK(solution.tried.back().outcome.iterations <= 30);
}

TEST_CASE("the solution is left alone by a correction") {
  const Chain chain = reference::random_chain(Kind::ctmc, 1500, 5, 2, 3);
  const Irreducible irreducible{chain.inflow, chain.exit_rate};
  const Values truth = solution_of(chain);
  Hierarchy hierarchy(irreducible, truth);
  Values x = truth;
  CHECK(hierarchy.correct(x) < 1e-12);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == Approx(truth[i]).epsilon(1e-11));
}
