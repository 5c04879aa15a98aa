// States of a model found only as far as somebody asks: for models whose ints have no largest value. Vanishing states
// are left out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <steady/model.hpp>

#include "formats/base/hash_table.hpp"
#include "formats/model/prism/explore/transitions.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

// States are numbered as they are found. A state that was expanded is kept, and its transitions are known; others are
// the neighbours of kept ones.
class GrowingStates {
 public:
  // Ints without a range get the whole one of the language, so that every value has room. Finds the initial states.
  explicit GrowingStates(CompiledModel model);

  struct Transition {
    State target;
    double rate;
  };

  const CompiledModel& model() const { return model_; }
  std::size_t size() const { return row_.size(); }  // found
  const std::vector<State>& kept() const { return kept_; }
  const std::vector<State>& initial() const { return initial_; }  // tangible
  bool is_kept(State s) const { return row_[s] != not_kept; }
  std::int64_t value(State s, std::size_t variable) const {
    return model_.packing.value(words_.data() + s * width_, variable);
  }
  double reward(State s, std::size_t r) const { return rewards_[row_[s] * model_.rewards.size() + r]; }

  // Whether the state with these values of the variables is kept.
  bool keeps(const std::vector<std::int64_t>& values) const;

  // Keeps the state, which was not kept before. Throws Error as Successors::expand does.
  void expand(State s);

  // Of a kept state, to other states, each target once.
  std::span<const Transition> transitions(State s) const {
    return {transitions_.data() + row_start_[row_[s]], transitions_.data() + row_start_[row_[s] + std::size_t{1}]};
  }

  // What this object takes, in bytes.
  std::size_t bytes() const;

  // The kept states in ascending lexicographic order.
  std::vector<State> ordered() const;

  // The chain on the kept states, in the order of `order`, which ordered() gave: transitions that lead elsewhere lead
  // to the kept state `back_to` instead. Labels and rewards as explore() has them.
  Chain chain(const std::vector<State>& order, State back_to) const;

 private:
  static constexpr State not_kept = 0xFFFFFFFF;

  State find(const std::uint64_t* words);
  Csr rates(const std::vector<State>& order, State back_to) const;
  void name_states(const std::vector<State>& order, Chain& chain) const;

  CompiledModel model_;
  std::size_t width_;
  Transitions expander_;
  std::vector<std::uint64_t> words_;  // of every state found
  HashTable<State, not_kept> numbers_;
  std::vector<State> row_;  // of every state found: which of the rows is its own
  std::vector<State> kept_, initial_;
  std::vector<double> initial_probabilities_;  // of each initial state
  std::vector<std::uint64_t> row_start_{0};
  std::vector<Transition> transitions_;
  std::vector<double> self_loops_;  // row by row, as are the next three
  std::vector<bool> deadlocks_;
  std::vector<double> rewards_;
  std::vector<char> labels_;
};

}  // namespace steady::detail::prism
