// The set of the states that can be reached.
#pragma once

#include "formats/model/model.hpp"
#include "formats/model/prism/lanes.hpp"

namespace steady::prism {

// Breadth-first from the initial states, a batch at a time. A state's tag is then 1 more than the number of other
// states that have a transition to it. Throws Error where the model goes wrong, naming place, state and value.
StateSet reachable_states(const Network& network, const std::vector<std::uint64_t>& initial, Lanes& lanes,
                          const Progress& progress);

}  // namespace steady::prism
