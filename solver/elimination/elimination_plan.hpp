// In which order to eliminate the states of a sparse chain, and what that takes: known before any number is computed.
//
// The order is one of approximate minimum degree (Amestoy, Davis and Duff 1996; Eigen's implementation) on the pattern
// of the matrix plus its transpose. States whose eliminations meet the same others are eliminated together, as one
// front of a multifrontal elimination (Duff and Reid 1983; Liu 1992); fronts of few states are merged where that adds
// few zeros (Ashcraft and Grimes 1989).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "solver/structure/subchain.hpp"

namespace steady::detail {

// Positions are places in the order of elimination.
struct EliminationPlan {
  std::vector<State> order;     // the state at each position
  std::vector<State> position;  // of each state
  // Front f eliminates the positions begin[f] .. begin[f + 1], which meet those and the later ones border(f),
  // ascending.
  std::vector<State> begin;
  std::vector<std::uint64_t> border_start;
  std::vector<State> border_position;
  std::vector<State> parent;  // the front that eliminates the first of the border; fronts() where there is none

  double multiplications = 0;
  std::uint64_t factor_entries = 0;
  std::uint64_t work_entries = 0;  // of fronts and of what waits for later ones, at most at one time

  std::size_t fronts() const { return begin.size() - 1; }
  std::span<const State> border(std::size_t front) const {
    return {border_position.data() + border_start[front], border_position.data() + border_start[front + 1]};
  }
};

// What an elimination may take: 1e9 multiplications about a second on one thread, an entry 8 bytes.
struct EliminationLimits {
  double multiplications = INFINITY;
  std::uint64_t entries = std::uint64_t{1} << 30;  // of factors and work together
};

// `last`: the state that is to stay, if that matters. None where the limits are exceeded, the chain has over 2^29
// transitions, or `stop` says so.
std::optional<EliminationPlan> plan_elimination(const IrreducibleChain& chain, const EliminationLimits& limits,
                                                const std::function<bool()>& stop,
                                                std::optional<State> last = std::nullopt);

}  // namespace steady::detail
