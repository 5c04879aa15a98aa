// How wrong a distribution is between sets of states, which no residual tells.
#pragma once

#include <vector>

#include "solver/restriction.hpp"

namespace steady {

// An estimate of the total variation between x and the stationary distribution of the chain, for an x whose states are
// balanced. x: one probability a state, none negative.
//
// States between which much flows are aggregated, and the aggregates again, up to some tens: once four by four
// (aggregation.hpp), and once by the sets that they hardly leave. Of each
// aggregate A of each level what flows into it from others and what flows out of it are compared: |in - out| over the
// rate at which A is left is the probability that A has too much or too little. The estimate is the sum of all of
// these, and what the exact solution of the coarsest chain moves. Flows within aggregates are not in the sums, so that
// it sees what passes a barrier 1e-30 of the time beside what goes to and fro 1e12 times as fast. Infinite where the
// aggregates do not get few. About as much time and memory as a cycle of multilevel and its set-up.
double aggregate_error(const Irreducible& chain, const std::vector<double>& x);

}  // namespace steady
