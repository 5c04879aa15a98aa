// The transitions that leave one state, and what the state earns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/model/prism/network.hpp"

namespace steady::prism {

// Keeps its buffers from state to state: nothing is allocated once they are large enough.
class Successors {
 public:
  explicit Successors(const Network& network);

  // Finds the transitions out of `state` (packed words): targets may repeat, rates are positive. In discrete time
  // the enabled choices are equally likely. Throws Error with place, state and value where the model goes wrong.
  void expand(const std::uint64_t* state);

  std::size_t count() const { return rates_.size(); }
  const std::uint64_t* target(std::size_t k) const { return targets_.data() + k * width_; }
  double rate(std::size_t k) const { return rates_[k]; }

  // Of the state that was expanded last.
  double reward(std::size_t r);
  bool label(std::size_t l);

  bool rescaled() const { return rescaled_; }  // some probabilities did not sum to 1 exactly

 private:
  struct Effect {
    std::uint32_t variable;
    std::int64_t value;
  };
  struct Branch {  // an update of an enabled command, evaluated
    double rate;
    std::uint32_t first, last;  // of its effects
  };

  double evaluate(Entry entry) const { return network_.program.evaluate(entry, values_.data()); }
  bool enabled(const NetworkCommand& command) const { return evaluate(command.guard) != 0; }
  void expand_independent(const std::uint64_t* state);
  void expand_synchronisation(std::size_t action, const std::uint64_t* state);
  void add_branches(const NetworkCommand& command);
  void add_effect(const NetworkAssignment& assignment);
  void combine(std::size_t begin, std::span<const Branch> branches);
  void append(const std::uint64_t* state, double rate);
  void apply(const Branch& branch, std::size_t k);
  [[noreturn]] void fail_in_state(Place place, const std::string& message) const;

  const Network& network_;
  std::size_t width_;
  std::vector<double> values_;  // the state's variables
  std::vector<std::uint64_t> targets_;
  std::vector<double> rates_;
  std::vector<Branch> branches_;
  std::vector<Effect> effects_;
  std::vector<const NetworkCommand*> enabled_;
  std::vector<std::size_t> enabled_end_;  // of each module, in enabled_
  std::vector<std::uint64_t> base_;       // a state being combined
  std::vector<double> action_rate_;       // of each action, then of transitions without one
  double choices_ = 0;
  bool rescaled_ = false;
};

}  // namespace steady::prism
