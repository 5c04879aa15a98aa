// Which states the chain never leaves for good, by searches over the blocks along its transitions and against them.
#pragma once

#include <cstdint>
#include <vector>

#include "solver/distributed/generator.hpp"

namespace steady::detail {

// One mark an own state: 0, or not.
using Marks = std::vector<char>;

// The states that can be reached from one of these, themselves among them.
Marks reached_from(const Generator& q, const std::vector<std::uint64_t>& states);
// Those from which it can be reached.
Marks leading_to(const Generator& q, std::uint64_t state);

// How many there are, on all ranks.
std::uint64_t count(const Generator& q, const Marks& marks);

struct Bottom {
  Marks states;                 // of the bottom component
  std::uint64_t size = 0;       // of the whole chain
  std::uint64_t elsewhere = 0;  // states that do not lead there
};

// A bottom component in which the chain may end from the state. `all_reached`: every state can be reached from it.
Bottom find_bottom(const Generator& q, std::uint64_t state, bool all_reached);

}  // namespace steady::detail
