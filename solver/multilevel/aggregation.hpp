// Aggregates of states, and the chain that moves between them: one step of coarsening for a multilevel method.
//
// States between which much probability flows belong together (Notay 2010: pairwise matching, here on flows weighted by
// the iterate x, as in De Sterck et al. 2008). The aggregated chain is in units of the aggregates' weights: its rates
// are sums of flows, its exit rates sums of its rates, and its solution is 1 everywhere once x is the chain's. Nothing
// is subtracted, so that flows between weakly coupled aggregates are as exact as the chain's own rates.
#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include <steady/csr.hpp>

#include "formats/vectors/lists.hpp"

namespace steady::detail {

struct Aggregates {
  std::vector<State> of;  // aggregate of each state
  State count = 0;
};

// A chain as it is read for its aggregates: row i has the rates into state i, without the diagonal.
struct Rates {
  std::span<const std::uint64_t> start;
  std::span<const State> source;
  std::span<const double> rate;
  std::span<const double> exit;  // positive
};

inline Rates rates_of(const Flows<HostVector>& flows) {
  return {flows.source.start,
          flows.source.entry,
          {flows.rate.data(), flows.rate.size()},
          {flows.exit.data(), flows.exit.size()}};
}

// Aggregates of up to about four states: pairs of pairs. `x`: positive weights.
Aggregates aggregate(const Rates& chain, std::span<const double> x);

constexpr double smallest_flow = 1e-300;  // below it a product of small weights vanishes and divides the chain

// The chain on given aggregates: where its numbers come from, found once on the host, and what they are, anew for each
// x on any device.
template <class Vector>
struct AggregatedChain {
  using Numbers = Array<Vector, State>;

  Numbers of;             // aggregate of each finer state
  Lists<Vector> members;  // the finer states of each aggregate
  Lists<Vector> parts;    // of each rate: the finer rates whose flows it sums; of the finest chain, their sources
  Vector part_rate;       // and the rates themselves; empty for others
  Lists<Vector> inflow;   // sources of each aggregate, in no particular order
  Lists<Vector> outflow;  // the rates out of each aggregate, as places among all
  Vector rate, exit;      // flows, without those inside
  Vector weight;          // sums of x

  std::size_t size() const { return members.size(); }
  Flows<Vector> flows() const { return {inflow, rate, exit}; }

  // `finer`: null for the finest chain, whose rates are kept here; `x`: positive weights of its states.
  void refresh(const AggregatedChain* finer, const Vector& x) {
    if (finer)
      restrict_sum(parts, finer->flows(), x, rate);
    else
      restrict_sum(parts, part_rate, x, rate);
    raise_to(smallest_flow, rate);
    restrict_sum(outflow, rate, exit);
    restrict_sum(members, x, weight);
  }
};

// The flows between aggregates for one x: the numbers of an AggregatedChain, without what it takes to find them anew.
struct AggregatedFlows {
  AggregatedFlows(const Rates& chain, const Aggregates& aggregates, const HostVector& x);

  Lists<HostVector> inflow;
  HostVector rate, exit;

  std::size_t size() const { return exit.size(); }
  Flows<HostVector> flows() const { return {inflow, rate, exit}; }
};

// The states of each aggregate, ascending.
Lists<HostVector> members_of(const Aggregates& aggregates);

// The same on another device, or moved.
template <class Vector>
AggregatedChain<Vector> on_device(AggregatedChain<HostVector> chain) {
  if constexpr (std::is_same_v<Vector, HostVector>) {
    return chain;
  } else {
    using Numbers = Array<Vector, State>;
    const auto lists = [](const Lists<HostVector>& of) {
      return Lists<Vector>{Array<Vector, std::uint64_t>(of.start), Numbers(of.entry)};
    };
    const auto vector = [](const HostVector& x) { return Vector(download(x)); };
    return {Numbers(chain.of),       lists(chain.members), lists(chain.parts),
            vector(chain.part_rate), lists(chain.inflow),  lists(chain.outflow),
            vector(chain.rate),      vector(chain.exit),   vector(chain.weight)};
  }
}

// Without its numbers yet. `position`: where the finest chain's states stand in its vectors, empty where each stands at
// its own number; null for a chain that is aggregated itself. Throws Error where rates have no 32-bit numbers.
AggregatedChain<HostVector> aggregated(const Rates& chain, Aggregates&& aggregates, const std::vector<State>* position);

}  // namespace steady::detail
