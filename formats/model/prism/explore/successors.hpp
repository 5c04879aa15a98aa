// The transitions that leave one state, and what the state earns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/base/relative_error.hpp"
#include "formats/model/prism/explore/command_table.hpp"

namespace steady::detail::prism {

// Keeps its buffers from state to state, and what commands do by local state: each thread has its own. Which states it
// saw before changes the time that a state takes, and nothing else.
class Successors {
 public:
  // Of one synchronization in one state: beyond that, alternatives of a module that do the same are added up before.
  static constexpr double many_combinations = 1 << 16;

  explicit Successors(const CompiledModel& model);
  Successors(const Successors&) = delete;
  Successors& operator=(const Successors&) = delete;

  // Finds the transitions out of `state` (packed words): targets may repeat, and rates may be 0. In discrete time the
  // enabled choices are equally likely. In a vanishing state they are those of the highest priority, and the rates are
  // weights. Throws Error with place, state and value where the model goes wrong, and
  // NoRoom; nothing may be asked of this object after that.
  void expand(const std::uint64_t* state);

  // Whether some command that takes no time is enabled, without the transitions. `like`: a state in which none is, or
  // null. expand() has to be called anew.
  bool vanishing(const std::uint64_t* state, const std::uint64_t* like = nullptr);

  // Adds to `total` how many transitions expand() would find by synchronizations that take several parts, without
  // making them. Throws Error, cause machine, where these or the total do not fit into the memory, or those of some of
  // their targets; and as expand() does.
  void count_combinations(const std::uint64_t* state, double& total);

  std::size_t count() const { return count_; }
  // How many the product of the modules' alternatives has: more, where those of a module that do the same were added
  // up.
  double combinations() const { return static_cast<double>(count_) + added_up_; }
  const std::uint64_t* target(std::size_t k) const { return targets_.data() + k * width_; }
  double rate(std::size_t k) const { return rates_[k]; }
  // The rates of each action's transitions, then of those without one, added up: as far as some reward is for it.
  const std::vector<double>& action_rates();

  // Of the state that was expanded last, which must still be there.
  double reward(std::size_t r) { return reward(r, action_rates()); }
  // As StateValues::reward_error(), each transition's rate being within the relative error.
  double reward_error(std::size_t r, double rate_error) {
    return reward_error(r, action_rates(), summed(rate_error, static_cast<double>(count_)));
  }
  // With these in place of action_rates(), each within the relative error.
  double reward(std::size_t r, const std::vector<double>& action_rates) { return values_.reward(r, action_rates); }
  double reward_error(std::size_t r, const std::vector<double>& action_rates, double error) {
    return values_.reward_error(r, action_rates, error);
  }
  // At most: how far each of the rates is from what it would be if nothing were rounded, relative to it. Infinite where
  // that is not known, and where a rate that is dropped as 0 may be none.
  double rate_error();
  bool label(std::size_t l) { return values_.label(l); }

  bool rescaled() const { return rescaled_; }  // some probabilities did not sum to 1 exactly

  // Throws Error: the place of the first enabled command, the message and the state that was expanded last.
  [[noreturn]] void fail_here(const std::string& message);

 private:
  struct Source {  // of a part's choices
    std::uint32_t table, part;
  };
  struct Row {  // what a table has for the state
    const Choices* choices;
    const Branch* branches;
    const std::uint64_t* changes;
    std::size_t begin;  // of the parts that are taken alone, the first transition
  };
  struct Together {  // a synchronization that takes several parts, or one that other synchronizations take, too
    const Synchronization* synchronization;
    std::uint64_t parts;         // their bits
    std::size_t begin = 0, end;  // its transitions
  };
  struct Earning {  // a part that is taken alone, with an action that some reward is for
    Source source;
    std::size_t action;
  };

  std::span<const Source> sources(std::uint32_t part) const {
    return {sources_.data() + source_start_[part], sources_.data() + source_start_[part + 1]};
  }
  const Choices& choices(const Source& source) const { return rows_[source.table].choices[source.part]; }
  void make_tables();
  void find_sources();
  void find_synchronizations();
  void find_earning();
  std::size_t slot(std::size_t action) const { return action == no_action ? model_.actions.size() : action; }
  std::uint32_t priority(std::size_t table) const { return model_.commands[tables_[table].first()].priority; }
  void look_up(std::size_t table);
  void leave_out(std::size_t first);
  void split(std::size_t table);
  template <class Width>
  void take_alone(std::size_t table, Width width);
  [[noreturn]] void fail_alone(std::size_t table);
  template <class Width>
  void take(Together& together, Width width);
  bool possible(const Synchronization& synchronization);
  template <class Width>
  void gather(std::uint32_t part, bool add_up, Width width);
  template <class Width>
  double count(const Synchronization& synchronization, Width width);
  template <class Width>
  std::vector<std::uint64_t> some_targets(const Synchronization& synchronization, Width width);
  void require_room(const Synchronization& synchronization, double combinations, double total);
  template <class Width>
  std::size_t combine(std::size_t begin, std::size_t end, Width width);
  double part_error(std::uint32_t part, double& least);
  double rate(const Branch& branch) { return branch.shared == SharedRates::own ? branch.rate : shared_rate(branch); }
  double shared_rate(const Branch& branch);
  void reserve(std::size_t count);
  void find_action_rates();
  Place first_command(const Synchronization& synchronization);
  [[noreturn]] void fail_total(const Synchronization& synchronization, double total);

  const CompiledModel& model_;
  std::size_t width_;
  std::size_t limit_;  // of a table's local states
  StateValues values_;
  SharedRates shared_rates_;
  std::vector<CommandTable> tables_;         // those of the highest priority first
  std::vector<Choices> no_choices_;          // in place of a row of a table that is not looked up
  std::vector<Row> rows_;                    // one a table
  std::vector<Source> sources_;              // part by part
  std::vector<std::uint32_t> source_start_;  // of each part, where its sources begin
  std::vector<Together> together_;
  std::vector<bool> earns_;       // of each action, then of what has none: whether some reward is for it
  std::vector<Earning> earning_;  // in the order of the tables
  std::size_t count_ = 0;         // of transitions; the vectors have room for more
  std::vector<std::uint64_t> targets_;
  std::vector<double> rates_;
  std::vector<const std::uint64_t*> part_changes_;  // of the part that is being combined with others
  std::vector<double> part_rates_;
  std::vector<double> action_rate_;  // of each action that earns, then of transitions without one
  bool action_rates_known_ = false;  // of this state
  double choices_ = 0;
  double branches_ = 0;  // of the synchronization's parts, multiplied
  double added_up_ = 0;  // of this state's transitions
  bool vanishing_ = false;
  bool looked_ahead_ = false;
  bool rescaled_ = false;
};

}  // namespace steady::detail::prism
