// Aggregates of states, and the chain that moves between them: one step of coarsening for a multilevel method.
//
// States between which much probability flows belong together (Notay 2010: pairwise matching, here on flows weighted by
// the iterate x, as in De Sterck et al. 2008). The aggregated chain is in units of the aggregates' weights: its rates
// are sums of flows, its exit rates sums of its rates, and its solution is 1 everywhere once x is the chain's. Nothing
// is subtracted, so that flows between weakly coupled aggregates are as exact as the chain's own rates.
#pragma once

#include <vector>

#include "formats/matrix/csr.hpp"

namespace steady {

struct Aggregates {
  std::vector<State> of;  // aggregate of each state
  State count = 0;
};

// Aggregates of up to about four states: pairs of pairs. `x`: positive weights.
Aggregates aggregate(const Csr& inflow, const std::vector<double>& exit_rate, const std::vector<double>& x);

// The chain on given aggregates: where its rates stand is found once, what they are anew for each x.
class AggregatedChain {
 public:
  AggregatedChain(const Csr& inflow, Aggregates aggregates);

  // `inflow`: the same matrix as before; `x`: positive weights.
  void refresh(const Csr& inflow, const std::vector<double>& x);

  const Aggregates& aggregates() const { return aggregates_; }
  std::size_t size() const { return aggregates_.count; }
  const Csr& inflow() const { return inflow_; }  // flows, without the diagonal; columns in no particular order
  const std::vector<double>& exit_rate() const { return exit_rate_; }  // flows out of each aggregate
  const std::vector<double>& weight() const { return weight_; }        // sums of x

 private:
  Aggregates aggregates_;
  std::vector<State> first_member_, member_;  // the states of each aggregate
  std::vector<std::uint64_t> first_place_;    // of each aggregate in place_
  std::vector<State> place_;  // in the aggregate's row, of each entry of its members' rows; or that it is inside
  Csr inflow_;
  std::vector<double> exit_rate_, weight_;
};

}  // namespace steady
