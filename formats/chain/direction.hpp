// The order in which a sweep visits the states.
#pragma once

#include <steady/csr.hpp>

namespace steady::detail {

enum class Direction { forward, backward };
inline constexpr Direction both_directions[] = {Direction::forward, Direction::backward};

inline Direction opposite(Direction direction) {
  return direction == Direction::forward ? Direction::backward : Direction::forward;
}

// Whether the sweep visits state a before state b.
inline bool earlier(State a, State b, Direction direction) { return direction == Direction::forward ? a < b : a > b; }

}  // namespace steady::detail
