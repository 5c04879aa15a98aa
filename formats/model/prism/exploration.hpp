// The set of the states that can be reached.
#pragma once

#include <string_view>

#include "formats/model/model.hpp"
#include "formats/model/prism/lanes.hpp"

namespace steady::prism {

// What exploring may take: of the model in `path`, in bytes.
struct MemoryLimit {
  std::string_view path;
  std::uint64_t bytes;
};

// Breadth-first from the initial states, a batch at a time. Counts transitions from other states. Throws Error where
// the model goes wrong, naming place, state and value; and where the states take more memory than the limit.
StateSet reachable_states(const Network& network, const std::vector<std::uint64_t>& initial, Lanes& lanes,
                          const Progress& progress, const MemoryLimit& limit);

}  // namespace steady::prism
