// In which bottom component the chain ends, with what probability.
#pragma once

#include <cstdint>
#include <vector>

#include "solver/distributed/bottom.hpp"
#include "solver/distributed/row_solver.hpp"

namespace steady::detail {

struct Absorption {
  std::vector<double> weights = {};  // of each component; they sum to 1
  // Mean times in the own states outside of all components, 0 in others; empty where that is no question: there is one
  // component, or no state outside.
  std::vector<double> visits = {};
  std::vector<Tried> tried = {};  // of the system that these solve
  bool converged = true;
};

// The chain begins in each of the states `initial` with the same probability. Until what the visits leave unexplained
// of the flow through the states outside, in all, is at most `tolerance`. (Kemeny and Snell 1960, chapter 3.)
Absorption absorb(const Generator& q, const BottomComponents& bottom, const std::vector<std::uint64_t>& initial,
                  double tolerance, Budget& budget);

// The probability of beginning in each own state.
std::vector<double> initial_probabilities(const Generator& q, const std::vector<std::uint64_t>& initial);

}  // namespace steady::detail
