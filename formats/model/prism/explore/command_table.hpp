// What some of a model's commands do, kept by local state: by the values of the variables that they read.
//
// An update adds the same numbers to a state's packed words in every state where those variables have the same
// values: fields do not overlap and stay in their ranges, so no carry leaves one.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "formats/model/prism/explore/shared_rates.hpp"

namespace steady::detail::prism {

// A possible outcome of an enabled command.
struct Branch {
  double rate;           // or probability; without a meaning where the rate is shared
  std::uint32_t shared;  // the rate's number, or SharedRates::own
  bool impossible;       // assigns what a variable cannot hold: an error if the shared rate is positive
};

// The commands of one part that are enabled, in the order of the text. Kept small: tables are to stay in the cache.
struct Choices {
  std::uint32_t first = 0, last = 0;  // their branches
  std::uint32_t enabled : 29 = 0;     // how many
  bool guard_fails : 1 = false;       // some guard has no value here: an error if the part's turn comes
  bool branch_fails : 1 = false;      // so has some rate or assignment: an error if the part is taken
  bool rescaled : 1 = false;          // some probabilities do not sum to 1 exactly
};

// A local state's choices in short. The branches of the parts that are taken alone follow one another, and are taken at
// one go; of the other parts it says which may have an enabled command.
struct LocalChoices {
  std::uint32_t first = 0, last = 0;  // of the parts that are taken alone, as above
  std::uint32_t enabled : 30 = 0;
  bool fails : 1 = false;
  bool rescaled : 1 = false;
  std::uint64_t open = 0;  // of the others, a bit each; all bits where a guard fails
};

class CommandTable {
 public:
  // The commands first to last - 1 of the model.
  CommandTable(const CompiledModel& model, const SharedRates& rates, std::size_t first, std::size_t last);

  std::size_t first() const { return first_; }
  std::size_t last() const { return last_; }
  // The bits that its local states may differ in.
  std::size_t bits() const;
  // The parts that its commands belong to, each once; first those that are taken alone.
  const std::vector<std::uint32_t>& parts() const { return parts_; }
  std::size_t parts_alone() const { return parts_alone_; }

  // Looks the state's local state up, and evaluates the commands where it is new. False: it holds `limit` local states
  // and this would be one more.
  bool look_up(StateValues& values, std::size_t limit) {
    const auto [number, added] = states_.number(values.state());
    if (added && !evaluate(number, values, limit)) return false;
    current_ = number;
    return true;
  }
  void clear();

  // Whether the two states differ in what its commands read.
  bool tells_apart(const std::uint64_t* a, const std::uint64_t* b) const {
    std::uint64_t difference = 0;
    for (std::size_t w = 0; w < width_; ++w) difference |= (a[w] ^ b[w]) & mask_[w];
    return difference != 0;
  }

  // The choices of parts() in the state that was looked up last.
  const Choices* row() const { return choices_.data() + current_ * parts_.size(); }
  const LocalChoices& local() const { return local_[current_]; }
  const Branch* branches() const { return branches_.data(); }
  // What each branch adds to each word of the state: model.words() words a branch.
  const std::uint64_t* changes() const { return changes_.data(); }

  // Throws the Error that a failing part has in this state.
  [[noreturn]] void fail(std::size_t part, StateValues& values);
  // The part's enabled commands in this state.
  std::vector<std::uint32_t> enabled(std::uint32_t part, StateValues& values) const;

 private:
  bool evaluate(std::uint32_t number, StateValues& values, std::size_t limit);
  void evaluate(std::uint32_t part, StateValues& values);
  void add_branches(const CompiledCommand& command, StateValues& values, Choices& choices);
  void add_change(const CompiledUpdate& update, StateValues& values);

  const CompiledModel* model_;
  const SharedRates* rates_;
  std::size_t width_;
  std::size_t first_, last_;
  std::vector<std::uint32_t> parts_;
  std::size_t parts_alone_;
  std::vector<std::uint64_t> mask_;
  LocalStates states_;
  std::uint32_t current_ = 0;
  std::vector<Choices> choices_;     // by local state, then part
  std::vector<LocalChoices> local_;  // by local state
  std::vector<Branch> branches_;
  std::vector<std::uint64_t> changes_;  // width_ words a branch
};

// More than 64 parts share bits.
inline std::uint64_t bit_of(std::uint32_t part) { return std::uint64_t{1} << (part & 63); }

// The variables' bits that a command's guard, assignments and own rates read, in packed words.
std::vector<std::uint64_t> bits_read(const CompiledModel& model, const CompiledCommand& command);

}  // namespace steady::detail::prism
