#include "solver/multilevel/hierarchy.hpp"

#include <algorithm>

namespace steady::detail {
namespace {

constexpr std::size_t coarsest_states = 60;

Rates rates_of(const AggregatedChain<HostVector>& chain) {
  return {chain.inflow.start,
          chain.inflow.entry,
          {chain.rate.data(), chain.rate.size()},
          {chain.exit.data(), chain.exit.size()}};
}

}  // namespace

std::vector<AggregatedChain<HostVector>> aggregated_chains(const IrreducibleChain& chain, std::span<const State> order,
                                                           HostVector x) {
  constexpr double smallest = 1e-200;
  raise_to(smallest, x);
  std::vector<State> position(order.size());
  std::vector<double> values(x.size());
  for (std::size_t p = 0; p < order.size(); ++p) position[order[p]] = static_cast<State>(p);
  for (std::size_t p = 0; p < x.size(); ++p) values[order.empty() ? p : order[p]] = x[p];
  std::vector<AggregatedChain<HostVector>> chains;
  const Rates finest{chain.inflow.row_start, chain.inflow.column, chain.inflow.value, chain.exit_rate};
  chains.push_back(aggregated(finest, aggregate(finest, values), &position));
  chains.back().refresh(nullptr, x);
  while (chains.back().size() > coarsest_states) {
    const AggregatedChain<HostVector>& finer = chains.back();
    HostVector factor(finer.size(), 1.0), work(finer.size());
    smooth<HostVector>(finer.flows(), nullptr, factor, work);
    Aggregates aggregates = aggregate(rates_of(finer), {factor.data(), factor.size()});
    if (aggregates.count > 0.9 * static_cast<double>(finer.size())) break;
    AggregatedChain<HostVector> coarser = aggregated(rates_of(finer), std::move(aggregates), nullptr);
    coarser.refresh(&finer, factor);
    chains.push_back(std::move(coarser));
  }
  return chains;
}

Elimination eliminate(const Flows<HostVector>& flows) {
  const Lists<HostVector>& source = flows.source;
  const std::size_t n = source.size();
  std::vector<double> rate(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = source.start[i]; k < source.start[i + 1]; ++k) rate[source.entry[k] * n + i] = flows.rate[k];
  return {n, std::move(rate)};
}

}  // namespace steady::detail
