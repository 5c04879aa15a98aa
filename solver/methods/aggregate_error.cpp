#include "solver/methods/aggregate_error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "solver/larger.hpp"
#include "solver/methods/hierarchy.hpp"
#include "solver/structure.hpp"

namespace steady {
namespace {

// Sum over the aggregates of what each has too much or too little.
double misplaced(const AggregatedChain<HostVector>& chain, const HostVector& mass) {
  HostVector net(chain.size());
  find_rest(chain.flows(), HostVector(chain.size(), 0.0), HostVector(chain.size(), 1.0), net);
  return sum_over_blocks<double>(chain.size(), [&](std::size_t first, std::size_t last) {
    double block = 0;
    for (std::size_t a = first; a < last; ++a)
      block += std::min(mass[a], std::max(0.0, 1 - mass[a])) * std::abs(net[a]) / chain.exit[a];
    return block;
  });
}

// What the chain's solution moves between the aggregates, of a total weight of 1.
double moved(const AggregatedChain<HostVector>& chain, const HostVector& mass) {
  const std::vector<double> factor = eliminate(chain.flows()).stationary();
  double before = 0, after = 0, difference = 0;
  for (std::size_t a = 0; a < factor.size(); ++a) {
    before += mass[a];
    after += mass[a] * factor[a];
  }
  for (std::size_t a = 0; a < factor.size(); ++a)
    difference += std::abs(mass[a] / before - mass[a] * factor[a] / after);
  return difference / 2;
}

// A symmetric Gauss-Seidel sweep. Entries that are too small, or 0, would close the way that leads through them.
void sweep(const Irreducible& chain, HostVector& x) {
  const auto renew = [&](std::size_t i) {
    double flow = 0;
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      flow += chain.inflow.value[k] * x[chain.inflow.column[k]];
    x[i] = flow / chain.exit_rate[i];
  };
  for (std::size_t i = 0; i < x.size(); ++i) renew(i);
  for (std::size_t i = x.size(); i-- > 0;) renew(i);
}

class DisjointSets {
 public:
  explicit DisjointSets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), State{0}); }

  State root(State i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void unite(State i, State j) { parent_[root(i)] = root(j); }

  Aggregates numbered() {
    Aggregates sets{std::vector<State>(parent_.size()), 0};
    std::vector<State> number(parent_.size());
    for (State i = 0; i < parent_.size(); ++i)
      if (root(i) == i) number[i] = sets.count++;
    for (State i = 0; i < parent_.size(); ++i) sets.of[i] = number[root(i)];
    return sets;
  }

 private:
  std::vector<State> parent_;
};

// Whether the states with at least this probability are connected by transitions among themselves.
bool connected(const Csr& inflow, const HostVector& x, double least) {
  DisjointSets sets(x.size());
  State likely = 0;
  for (State i = 0; i < x.size(); ++i) {
    if (x[i] > x[likely]) likely = i;
    for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + std::size_t{1}]; ++k)
      if (x[i] >= least && x[inflow.column[k]] >= least) sets.unite(i, inflow.column[k]);
  }
  for (State i = 0; i < x.size(); ++i)
    if (x[i] >= least && sets.root(i) != sets.root(likely)) return false;
  return true;
}

// Aggregates of states that lead to each other: of each set of states that are strongly connected by transitions that
// take more than a share of what their source passes on, those that follow each other's likeliest ways. A state that
// the set is left for much more rarely than it goes there stays outside, or what flows through it would hide how rarely
// the set is left; where a share is smaller than this, an x that is wrong so far is not balanced at single states.
Aggregates basins(const Rates& chain, std::span<const double>) {
  constexpr double least_share = 1e-8, next = 1e-4;
  const std::size_t n = chain.exit.size();
  const auto share = [&](std::uint64_t k) { return chain.rate[k] / chain.exit[chain.source[k]]; };
  for (double least = least_share; least > 0; least *= next) {
    Csr strong;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::uint64_t k = chain.start[i]; k < chain.start[i + 1]; ++k)
        if (share(k) >= least) strong.column.push_back(chain.source[k]);
      strong.row_start.push_back(strong.column.size());
    }
    const Components sets = strong_components(strong);
    if (sets.count == n) continue;
    std::vector<double> best(n, 0.0);
    std::vector<State> next_state(n);
    std::iota(next_state.begin(), next_state.end(), State{0});
    for (State i = 0; i < n; ++i)
      for (std::uint64_t k = chain.start[i]; k < chain.start[i + std::size_t{1}]; ++k)
        if (const State j = chain.source[k]; sets.of[i] == sets.of[j] && share(k) >= least && share(k) > best[j])
          best[j] = share(k), next_state[j] = i;
    DisjointSets together(n);
    for (State j = 0; j < n; ++j) together.unite(j, next_state[j]);
    return together.numbered();
  }
  return DisjointSets(n).numbered();
}

// The estimate by one choice of aggregates.
double estimate(const Irreducible& chain, const HostVector& x, const ChooseAggregates& choose, double enough) {
  constexpr std::size_t few = 1000;  // states
  std::vector<AggregatedChain<HostVector>> chains = aggregated_chains(chain, {}, x, choose, enough);
  if (chains.back().size() > few) return INFINITY;
  HostVector mass = x;  // of each state, and of each aggregate made of them
  double error = 0;
  for (std::size_t l = 0; l < chains.size(); ++l) {
    if (l == 0)
      chains[l].refresh(nullptr, x);
    else
      chains[l].refresh(&chains[l - 1], HostVector(chains[l - 1].size(), 1.0));
    HostVector of_aggregates(chains[l].size());
    add_up(chains[l].members, mass, of_aggregates);
    mass = std::move(of_aggregates);
    if (mass.size() == 1) return error;
    error += misplaced(chains[l], mass);
  }
  return error + moved(chains.back(), mass);
}

}  // namespace

double aggregate_error(const Irreducible& chain, const std::vector<double>& x) {
  constexpr int sweeps = 4;
  constexpr double smallest = 1e-200;  // of an entry that flows are computed from
  HostVector swept(x);
  for (int k = 0; k < sweeps; ++k) sweep(chain, swept);
  scale(1 / sum(swept), swept);
  if (!connected(chain.inflow, swept, 1e50 * smallest)) return INFINITY;
  raise_to(smallest, swept);
  return larger(estimate(chain, swept, pairs_of_pairs, 0.9), estimate(chain, swept, basins, 1));
}

}  // namespace steady
