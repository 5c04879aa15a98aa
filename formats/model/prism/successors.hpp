// The transitions that leave one state, and what the state earns.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/model/prism/command_table.hpp"

namespace steady::prism {

// Keeps its buffers from state to state, and what commands do by local state: each thread has its own. Which states it
// saw before changes the time that a state takes, and nothing else.
class Successors {
 public:
  explicit Successors(const Network& network);
  Successors(const Successors&) = delete;
  Successors& operator=(const Successors&) = delete;

  // Finds the transitions out of `state` (packed words): targets may repeat, rates are positive unless a product of
  // rates is too small. In discrete time the enabled choices are equally likely. Throws Error with place, state and
  // value where the model goes wrong, and NoRoom; nothing may be asked of this object after that.
  void expand(const std::uint64_t* state);

  std::size_t count() const { return rates_.size(); }
  const std::uint64_t* target(std::size_t k) const { return targets_.data() + k * width_; }
  double rate(std::size_t k) const { return rates_[k]; }

  // Of the state that was expanded last.
  double reward(std::size_t r);
  bool label(std::size_t l) { return values_.holds(network_.labels[l].holds); }

  bool rescaled() const { return rescaled_; }  // some probabilities did not sum to 1 exactly

 private:
  struct Source {  // of a part's choices
    std::size_t table, part;
  };

  const Choices& choices(const Source& source) const { return rows_[source.table][source.part]; }
  void make_tables();
  void look_up();
  void split(std::size_t table);
  void find_sources();
  void take(const NetworkEvent& event);
  bool possible(const NetworkEvent& event);
  template <class Use>
  void for_each_branch(std::uint32_t part, Use use);
  void combine(std::size_t begin, std::uint32_t part);

  const Network& network_;
  std::size_t width_;
  std::size_t limit_;  // of a table's local states
  StateValues values_;
  SharedRates shared_rates_;
  std::vector<CommandTable> tables_;
  std::vector<const Choices*> rows_;          // of each table, where the state's choices are
  std::vector<std::vector<Source>> sources_;  // of each part
  std::vector<std::uint64_t> targets_;
  std::vector<double> rates_;
  std::vector<const std::uint64_t*> part_changes_;  // of the part that is being combined with others
  std::vector<double> part_rates_;
  std::vector<double> action_rate_;  // of each action, then of transitions without one
  double choices_ = 0;
  bool rescaled_ = false;
};

}  // namespace steady::prism
