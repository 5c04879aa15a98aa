#include "solver/multilevel/hierarchy.hpp"

namespace steady::detail {

std::optional<Aggregates> coarser_aggregates(const Flows<HostVector>& flows, HostVector& factor) {
  constexpr std::size_t coarsest_states = 60;
  const std::size_t n = flows.exit.size();
  if (n <= coarsest_states) return std::nullopt;
  HostVector work(n);
  factor = HostVector(n, 1.0);
  smooth<HostVector>(flows, nullptr, factor, work);
  Aggregates aggregates = aggregate(rates_of(flows), {factor.data(), n});
  if (aggregates.count > 0.9 * static_cast<double>(n)) return std::nullopt;
  return aggregates;
}

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
  HostVector factor;
  while (std::optional<Aggregates> aggregates = coarser_aggregates(chains.back().flows(), factor)) {
    const AggregatedChain<HostVector>& finer = chains.back();
    AggregatedChain<HostVector> coarser = aggregated(rates_of(finer.flows()), std::move(*aggregates), nullptr);
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
