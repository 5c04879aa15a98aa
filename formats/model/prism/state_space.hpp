// The reachable states of a network, and the chain on them.
#pragma once

#include "formats/model/model.hpp"
#include "formats/model/prism/network.hpp"

namespace steady::prism {

// Explores breadth-first from the initial states, then numbers the states in ascending lexicographic order of their
// variables. A state without a transition gets a self-loop, with a note. Labels: the model's, then "init" and
// "deadlock". Throws Error where the model goes wrong, naming place, state and value.
Chain explore(const Network& network, const Progress& progress, std::vector<std::string>& notes);

// The initial states, packed one after another, in lexicographic order. Throws Error where init ... endinit holds
// nowhere.
std::vector<std::uint64_t> initial_states(const Network& network);

}  // namespace steady::prism
