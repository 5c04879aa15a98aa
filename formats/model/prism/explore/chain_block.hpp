// Consecutive states of a chain that is cut into blocks, as one of several processes holds them: each finds its own
// from the model's MDD, without a word from the others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <steady/chain.hpp>
#include <steady/model.hpp>

#include "formats/model/prism/explore/mdd_numbers.hpp"
#include "formats/model/prism/explore/ordered_states.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

// Rows of the generator Q, of a DTMC P - I, with their diagonal: what lies in the columns of the block itself, and what
// in those of others. Columns ascend within a row.
struct BlockRows {
  std::vector<std::int64_t> own_start, own_column;  // columns from the block's first state on
  std::vector<double> own_value;
  std::vector<std::int64_t> other_start, other_column;  // columns of the whole chain
  std::vector<double> other_value;
};

struct ChainBlock {
  std::uint64_t first = 0;   // state
  std::uint64_t states = 0;  // of the whole chain
  Model model;               // of the block's states: exit rates, labels and rewards, and no transition
  BlockRows rows;
  std::uint64_t self_loops = 0;        // of the block's states, with those that deadlocks get
  std::vector<std::uint64_t> initial;  // of the whole chain
  bool dropped = false;                // some transition, because its rate is 0: some states may not be reachable
  bool rescaled = false;               // some probabilities of the block's states did not sum to 1 exactly
};

// All states of a model, by their numbers.
class NumberedStates {
 public:
  // Throws Error where an MDD does not suit the model, or an int has no range. The model must outlive this object.
  explicit NumberedStates(const CompiledModel& model, const Progress& progress);

  std::uint64_t count() const { return numbers_.states(); }
  const MddNumbers& numbers() const { return numbers_; }
  const std::vector<std::uint64_t>& initial() const { return initial_; }  // packed

 private:
  std::vector<std::uint64_t> initial_;
  ReachableMdd reachable_;
  MddNumbers numbers_;
};

// The states first..last-1; of the model the chain and the notes are set. The rows are counted, and then written into
// arrays of that size. Throws Error where the model goes wrong, naming place, state and value; and where the block
// takes more memory than the limit.
ChainBlock make_block(const CompiledModel& model, const NumberedStates& states, std::uint64_t first, std::uint64_t last,
                      const Progress& progress, const MemoryLimit& limit);

}  // namespace steady::detail::prism
