// The reachable states of a model, and the chain on them.
#pragma once

#include <steady/model.hpp>

#include "formats/model/prism/explore/ordered_states.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

// How the states are found: from an MDD where that suits the model, or by search in any case. The chain is
// the same.
enum class StatesBy { mdd_or_search, search };

// Finds the states that can be reached, with several threads, and numbers them in ascending lexicographic order of
// their variables: the same chain, bit for bit, for any number of threads. A state without a transition gets a
// self-loop, with a note. Labels: the model's, then "init" and "deadlock". The model's packing is widened where an
// int without a range needs it. Throws Error where the model goes wrong, naming place, state and value;
// and where the model takes more memory than the limit.
Chain explore(CompiledModel& model, const Progress& progress, const MemoryLimit& limit, std::vector<std::string>& notes,
              StatesBy by = StatesBy::mdd_or_search);

// The initial states, packed one after another, in lexicographic order; vanishing ones are among them. Throws Error
// where init ... endinit holds nowhere; and where they take more memory than the model's limit.
std::vector<std::uint64_t> initial_states(
    const CompiledModel& model, const Progress& progress = [](std::string_view) {});

}  // namespace steady::detail::prism
