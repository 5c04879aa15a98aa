// The chain that begins anew whenever it is in state j: from there it goes to each state i at rate b(i), and nowhere
// else as before.
//
// What flows through its states solves y M = b, M: minus the generator without row and column of j. So a method that
// finds long-run distributions finds y, in positive numbers: multilevel cycles do in a few, where Krylov methods that
// they precondition take many.
// Memory: an operator in the storage that takes the fewest bytes, and for the aggregated chains about 24 bytes a
// transition and 200 a state; for as long as these are made a copy of the chain's rows.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <steady/chain.hpp>

#include "formats/chain/direction.hpp"

namespace steady::detail {

// b: one number a state, positive but in j; they sum to the exit rate of j.
Chain restarted_at(State j, const std::vector<double>& b, const Chain& chain);

struct RestartedFlow {
  std::vector<double> y;  // y(j) = 0
  bool reached;
  std::size_t passes;
};

// y >= 0 until y M is everywhere at least (1 - share) b, or `allowed` passes are used up or `interrupted`.
RestartedFlow flow_restarted_at(State j, const std::vector<double>& b, double share, const Chain& chain,
                                std::span<const Direction> directions, std::size_t allowed,
                                const std::function<bool()>& interrupted);

}  // namespace steady::detail
