#include "solver/methods/aggregate_error.hpp"

#include <cmath>

#include "solver/methods/hierarchy.hpp"

namespace steady {
namespace {

// Sum over the aggregates of what each has too much or too little.
double misplaced(const AggregatedChain<HostVector>& chain, const HostVector& mass) {
  HostVector net(chain.size());
  find_rest(chain.flows(), HostVector(chain.size(), 0.0), HostVector(chain.size(), 1.0), net);
  return sum_over_blocks<double>(chain.size(), [&](std::size_t first, std::size_t last) {
    double block = 0;
    for (std::size_t a = first; a < last; ++a) block += mass[a] * std::abs(net[a]) / chain.exit[a];
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

}  // namespace

double aggregate_error(const Irreducible& chain, const std::vector<double>& x) {
  constexpr std::size_t few = 1000;  // states
  constexpr int sweeps = 4;
  HostVector weight(x);
  for (int k = 0; k < sweeps; ++k) sweep(chain, weight);
  std::vector<AggregatedChain<HostVector>> chains = aggregated_chains(chain, {}, weight);
  if (chains.back().size() > few) return INFINITY;
  constexpr double smallest = 1e-200;
  raise_to(smallest, weight);
  scale(1 / sum(weight), weight);
  HostVector mass = weight;  // of each state, and of each aggregate made of them
  double error = 0;
  for (std::size_t l = 0; l < chains.size(); ++l) {
    if (l == 0)
      chains[l].refresh(nullptr, weight);
    else
      chains[l].refresh(&chains[l - 1], HostVector(chains[l - 1].size(), 1.0));
    HostVector of_aggregates(chains[l].size());
    add_up(chains[l].members, mass, of_aggregates);
    mass = std::move(of_aggregates);
    error += misplaced(chains[l], mass);
  }

  return error + moved(chains.back(), mass);
}

}  // namespace steady
