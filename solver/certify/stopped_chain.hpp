// A chain that stops at a target.
#pragma once

#include <vector>

#include <steady/chain.hpp>

namespace steady::detail {

// The states that a matrix leads to from some of those given, these included, by ways whose states are all in
// `through`; with the inflow instead of the rates from each state, those that lead there.
std::vector<bool> led_to(const Csr& matrix, const std::vector<bool>& from, const std::vector<bool>& through);

// The states outside the target from which it is reached with probability 1: none of them leads to a state from which
// it cannot be reached.
std::vector<bool> surely_arriving(const Csr& inflow, const std::vector<bool>& target);

// The chain on the states of `inside`, in their order, and one more, the last, that stands for all others and is never
// left.
Chain stopped_chain(const Chain& chain, const std::vector<bool>& inside);

}  // namespace steady::detail
