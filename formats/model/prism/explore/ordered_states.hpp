// All states that can be reached, in ascending lexicographic order, with room for the transitions that lead to each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <steady/model.hpp>

#include "formats/model/prism/explore/state_mdd.hpp"
#include "formats/model/prism/explore/workers.hpp"

namespace steady::detail::prism {

// What exploring may take: of the model in `path`, in bytes.
struct MemoryLimit {
  std::string_view path;
  std::uint64_t bytes;
};

constexpr std::size_t most_states = 0xFFFFFFFE;  // a tag in StateSet holds 1 more than a number

struct OrderedStates {
  std::vector<std::uint64_t> words;      // packed, one state after another
  std::vector<std::uint64_t> row_start;  // of the inflow matrix: from one state's start to the next there is room for
                                         // its transitions from other states
};

// Those of an MDD, which are assumed to be the states, with room enough: that nothing goes wrong in any state, and that
// rates of 0 leave a way to each, is seen when their transitions are found.
struct MddStates {
  OrderedStates ordered;
  std::unique_ptr<ReachableMdd> mdd;
};

// Expands every state to find the next ones, breadth-first from the initial states, a batch at a time. Throws Error
// where the model goes wrong, naming place, state and value; and where the states take more memory than the limit.
OrderedStates search_states(const CompiledModel& model, const std::vector<std::uint64_t>& initial, Workers& workers,
                            const Progress& progress, const MemoryLimit& limit);

// Finds the states from the relations between them, without expanding any: where there are few relations, much faster.
// Nothing, where that does not suit the model. The states are those of search_states as long as what is assumed holds;
// and a row has more room than transitions where two relations lead from a state to the same.
std::optional<MddStates> mdd_states(const CompiledModel& model, const std::vector<std::uint64_t>& initial,
                                    const MemoryLimit& limit);

}  // namespace steady::detail::prism
