// How wrong a distribution is between sets of states, which no residual tells.
#pragma once

#include <functional>
#include <vector>

#include "solver/structure/subchain.hpp"

namespace steady::detail {

// An estimate of the total variation between x and the stationary distribution of the chain, for an x whose states are
// balanced. x: one probability a state, none negative.
//
// States between which much flows are aggregated, and the aggregates again, up to some tens: once four by four
// (aggregation.hpp), and once by levels of flow, all that are connected by transitions with at least so much flow, for
// ever less. Of each aggregate of each level what flows into it from others and what flows out of it are compared: at
// the rates at which it and all others together are left, the difference is what it has too much or too little. Some
// levels' chains are solved exactly. The estimate is the largest of the sums over a level of flow, of what the exact
// solutions move, and of the sum over all levels of four by four. Flows within aggregates are not in the sums, so that
// it sees what passes a barrier 1e-30 of the time beside what goes to and fro 1e12 times as fast. Infinite where
// aggregates four by four do not get few, or where likely states are connected only by way of ones too unlikely for
// flows to be computed, and where it is stopped. As much time as some tens of products with the matrix, at most
// 16 bytes a transition.
double aggregate_error(
    const IrreducibleChain& chain, const std::vector<double>& x,
    const std::function<bool()>& stop = [] { return false; });

}  // namespace steady::detail
