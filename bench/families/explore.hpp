// Chains by enumeration: from an initial state along all transitions, then numbered in lexicographic order.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <steady/chain.hpp>

namespace steady::families {

using Counters = std::vector<int>;

// Calls emit(target, rate) for every transition from a state.
using Emit = std::function<void(const Counters& target, double rate)>;

// A model of counters. `bits` of each: together at most 63, so that one word holds a state and the words' order is the
// lexicographic order of the counters.
struct Rules {
  std::vector<int> bits;
  Counters initial;
  std::function<void(const Counters& state, const Emit& emit)> transitions;
};

// The continuous-time chain of all states that can be reached. Rates between the same two states are added.
Chain explore(const Rules& rules);

}  // namespace steady::families
