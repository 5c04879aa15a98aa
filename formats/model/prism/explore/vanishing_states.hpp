// Vanishing states, in which a command that takes no time is enabled, left out: no time is spent there, so that the
// chain jumps at once to tangible states, those without one. (M. Ajmone Marsan, G. Balbo, G. Conte, S. Donatelli and
// G. Franceschinis: Modelling with generalized stochastic Petri nets. Wiley 1995.)
#pragma once

#include <cstdint>
#include <vector>

#include "formats/model/prism/explore/absorption.hpp"
#include "formats/model/prism/explore/local_states.hpp"
#include "formats/model/prism/explore/successors.hpp"

namespace steady::detail::prism {

// What a vanishing state leads to.
struct Vanished {
  std::vector<std::uint64_t> states = {};  // the tangible ones, packed one after another
  std::vector<double> probabilities = {};  // of each
  std::vector<double> taken = {};          // as Successors::action_rates(): how often each action is taken on the way
  double error = 0;                        // of each probability, relatively; infinite where it is not known
  double taken_error = 0;                  // likewise, of `taken`
};

// Each thread has its own: it keeps what it has found.
class VanishingStates {
 public:
  explicit VanishingStates(const CompiledModel& model);

  // As Successors::vanishing().
  bool contains(const std::uint64_t* state, const std::uint64_t* like = nullptr) {
    return successors_.vanishing(state, like);
  }

  bool earns() const { return earns_; }  // whether some reward is for an action

  // Of a vanishing state; the result stays until the next call. Throws Error with a state where commands that take no
  // time follow one another for ever, where their weights are all 0, and where so many states follow that they do not
  // fit into the memory; and as Successors::expand().
  const Vanished& leave(const std::uint64_t* state);

 private:
  struct Taken {
    std::vector<double> rates;  // of the actions
    double error;               // of each, relatively
  };

  Vanished find(const std::uint64_t* start);
  void expand();
  void add_steps(const std::vector<std::uint64_t>& targets, const std::vector<double>& probabilities);
  void require_room(std::size_t component) const;
  Visits visits();
  void add_taken(const Visits& visited, Vanished& result) const;

  const CompiledModel& model_;
  std::size_t width_;
  bool earns_;
  Successors successors_;
  LocalStates known_;            // for which the result is there
  std::vector<Vanished> found_;  // of those
  std::size_t kept_ = 0;         // words of their states

  // Of the state that is looked at: what follows it.
  LocalStates vanishing_, tangible_;
  std::vector<std::uint64_t> vanishing_words_, tangible_words_;
  ProbabilityGraph graph_;    // of the vanishing ones; tangible ones end the way
  std::vector<Taken> taken_;  // of each vanishing one, in one visit
};

}  // namespace steady::detail::prism
