// One state's variables as numbers, for expressions to be evaluated in it; what goes wrong there names the state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/model/prism/explore/value_table.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

// An int without a range becomes a value that the packing has no room for: it is to be widened.
struct NoRoom {
  std::uint32_t variable;
  std::int64_t value;
};

class StateValues {
 public:
  explicit StateValues(const CompiledModel& model);

  // The packed state must outlive its use here. Its variables are unpacked when the first expression needs them.
  void move_to(const std::uint64_t* state) {
    state_ = state;
    unpacked_ = false;
  }
  const std::uint64_t* state() const { return state_; }

  // These throw Error with place and state where the expression has no value; rate() for one that is negative or not
  // finite, too, and assigned() for a value out of the variable's range, which is NoRoom for an
  // int that has none.
  double evaluate(Entry entry);
  bool holds(Entry entry) { return evaluate(entry) != 0; }
  double rate(const CompiledUpdate& update);
  // action_rate: of each action, and last of what has none, as far as some reward is for it.
  double reward(std::size_t r, const std::vector<double>& action_rate);
  // At most: how far reward() is from what would be earned if nothing were rounded and each action's rate were only
  // known within the relative error.
  double reward_error(std::size_t r, const std::vector<double>& action_rate, double rate_error);
  bool label(std::size_t l);
  Interval enclosed(Entry entry);  // as Program::enclose
  std::int64_t assigned(const CompiledAssignment& assignment);

  [[noreturn]] void fail_in_state(Place place, const std::string& message, Error::Cause cause = Error::Cause::input);

 private:
  void unpack();
  template <class Evaluate>
  double tabulated(std::optional<ValueTable>& table, Evaluate evaluate);
  double earned(const CompiledRewardItem& item);

  const CompiledModel& model_;
  const std::uint64_t* state_ = nullptr;
  bool unpacked_ = false;
  std::vector<double> values_;
  // What is asked for in every state: of each reward's items, and of the labels. Nothing where a table would be large.
  std::vector<std::vector<std::optional<ValueTable>>> earned_;
  std::vector<std::optional<ValueTable>> labels_;
};

}  // namespace steady::detail::prism
