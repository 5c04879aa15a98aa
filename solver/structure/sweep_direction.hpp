// In which direction Gauss-Seidel sweeps converge faster on a chain.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "formats/chain/direction.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

struct ChosenDirection {
  Direction direction = Direction::forward;
  std::vector<double> distribution;  // after a few sweeps in it, where they were tried; else empty
  double residual = 0;               // of that: ||x Q||_1
  std::size_t passes = 0;            // that the trial took, of both directions
};

// `forward`, `backward`: numbers of dependency levels (levels.hpp). `start`: one probability a state, what a trial
// begins with. The direction with more levels carries a change further in one sweep. Where it has not many more, or so
// many that its levels, and not those of the other, have hardly any states, a few sweeps in each, which are as exact as
// those by levels, show whether it is worth it.
// `stop`: asked before each pair of sweeps whether there is to be another.
ChosenDirection choose_direction(const IrreducibleChain& chain, std::size_t forward, std::size_t backward,
                                 const std::vector<double>& start, const std::function<bool()>& stop);

}  // namespace steady::detail
