/// @file
/// A Markov chain as everything in this library speaks of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <steady/csr.hpp>
#include <steady/states.hpp>

namespace steady {

/// What the numbers of a chain are.
enum class Kind {
  ctmc,  ///< continuous time: rates
  dtmc   ///< discrete time: probabilities of a step
};

/// "ctmc" or "dtmc".
const char* name(Kind kind);

/// The states where an expression holds, by name.
struct Label {
  std::string name;         ///< without quotes
  std::vector<bool> holds;  ///< one a state
};

/// What is earned per unit of time (CTMC) or per step (DTMC) in each state: the state's reward, plus the reward of
/// each transition times its rate or probability, self-loops included. Its long-run average is the sum of pi(i)
/// rate[i].
struct Reward {
  std::string name;          ///< "" where the model gives none
  std::vector<double> rate;  ///< one a state
  bool throughput = false;   ///< it is how often the action of its name happens
  /// Of each state: what the model's own rates and numbers earn is within so much of rate[i]; empty: that is the model.
  std::vector<double> error = {};
};

/// A transition from a state to itself, which changes no long run.
struct SelfLoop {
  State state;   ///< its source and target
  double value;  ///< rate or probability
};

/// A state of the initial distribution.
struct StateProbability {
  State state;         ///< its number
  double probability;  ///< positive
};

/// A finite Markov chain; n states, numbered from 0 to n - 1.
struct Chain {
  Kind kind = Kind::ctmc;  ///< continuous or discrete time
  /// Row i holds what flows INTO state i: column j, value = rate (or probability) of j -> i. No diagonal.
  Csr inflow;
  std::vector<double> exit_rate;  ///< of each state: sum_ascending of its rates to other states
  /// Of each state: the model's own rates to other states are within so much of those stored, relative to them; empty:
  /// these are the model.
  std::vector<double> rate_error;
  std::vector<SelfLoop> self_loops;       ///< ascending by state; for counting, writers, rewards: no solver reads them
  std::vector<StateProbability> initial;  ///< ascending by state; sums to 1
  std::vector<Label> labels;              ///< sets of states with a name
  std::vector<Reward> rewards;            ///< each gives a long-run average
  States states;                          ///< what each state means
  bool truncated = false;  ///< these are some of the states, and transitions that leave them lead back: by truncate()

  /// Number of states, n.
  std::size_t size() const { return inflow.rows(); }
  /// Distinct (source, target) pairs with a positive rate, self-loops included.
  std::size_t transitions() const { return inflow.entries() + self_loops.size(); }
};

/// The sum of the values, the smallest first, so that the same rates give the same sum in whatever order they come:
/// fewer distinct exit rates, and fewer rounding errors. Sorts its argument.
double sum_ascending(std::vector<double>& values);

/// Chain from its outgoing rates: row i of `outgoing` holds the rates from state i, the diagonal the self-loops.
/// Computes inflow, exit rates and self-loops; drops zero rates; the initial distribution is state 0. Throws Error as
/// validate() of a matrix, for a negative rate, for rates from one state whose sum is no double, and for probabilities
/// of leaving a state that sum to more than 1. O(rows + entries).
Chain make_chain(Kind kind, const Csr& outgoing, Checked checked = Checked::no);

/// The inverse: row i holds the rates from state i, the self-loop on the diagonal, columns ascending. What writers
/// need. Throws Error as validate().
Csr outgoing_rates(const Chain& chain, Checked checked = Checked::no);

/// Throws Error, naming the state and the value, unless: sizes agree; columns ascend within a row and are in range; no
/// diagonal; every rate finite and positive; exit rates are the sums of the rates; the initial distribution sums to 1;
/// initial states and self-loops ascend; names are none or one a state; labels and rewards have one finite value a
/// state, errors of rates and rewards none or one that is not negative; a DTMC's exit rates are at most 1.
void validate(const Chain& chain);

/// Throws Error where the chain is truncated: what is proven of its states says nothing of those that were left out.
void require_whole(const Chain& chain);

/// Throws Error, naming what the values are, unless there is one finite value a state.
void require_one_entry_a_state(const std::vector<double>& values, const Chain& chain, std::string_view what);

}  // namespace steady
