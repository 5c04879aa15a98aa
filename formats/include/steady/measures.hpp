/// @file
/// Measures: long-run averages of a function of the state.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/chain.hpp>

namespace steady {

/// A threshold that a measure is compared with, as in S>=0.99 [ "up" ].
struct Threshold {
  /// How a value is compared with the bound.
  enum class Relation { less, at_most, greater, at_least } relation;  ///< value relation bound
  double bound;                                                       ///< finite
};

/// What becomes of the answers of several starting states.
struct Filter {
  /// What is made of the values or answers from the filter's states, as in the PRISM language.
  enum class Kind { min, max, average, range, state, print, for_all, exists } kind;  ///< what is made of them
  std::vector<State> states;  ///< ascending, at least one; of `state` exactly one
};

/// What is asked of a distribution pi: the sum of pi(i) value(i) over all states i, possibly compared with a threshold;
/// or a boolean combination of such comparisons. With a filter it is asked of the long run from each of the filter's
/// states as a starting state, without one of the long run from the initial distribution.
struct Query {
  /// How the answers of the operands are combined.
  enum class Connective { none, negation, conjunction, disjunction, implication, equivalence };

  std::string name;                          ///< the property's own name, else the reward's or label's
  std::string property;                      ///< its text in the PRISM language, e.g. S=? [ "up" ]
  std::function<double(State)> value;        ///< 0 or 1 for a probability; safe to call from several threads
  std::optional<Threshold> threshold;        ///< empty: the value itself is asked for
  Connective connective = Connective::none;  ///< with another one, the operands stand for value and threshold
  std::vector<Query> operands = {};          ///< each of them compared or combined itself
  std::optional<Filter> filter = {};         ///< over starting states
  std::string_view kind = "property";        ///< what has the name: a reward, a label or the property itself
  bool probability = false;                  ///< `value` is 0 or 1 in every state, also of a larger chain

  /// Whether the answer is true or false.
  bool boolean() const { return threshold || connective != Connective::none; }
};

/// The long-run average from one starting state.
struct StateValue {
  State state;   ///< where the chain starts
  double value;  ///< the average from there
};

/// The answer to a query.
struct Measure {
  std::string name;                           ///< the query's
  std::string property;                       ///< the query's
  std::optional<double> value = {};           ///< the long-run average, or what the filter makes of several
  std::optional<bool> holds = {};             ///< the answer, where the query is a comparison or a combination
  std::optional<double> bound = {};           ///< proven: the exact value is no further from `value`, or any of several
  std::optional<double> bound_relative = {};  ///< proven: that over the least size that the exact value can have
  std::optional<double> lower = {};           ///< proven, where `bound` is: the exact value is at least this
  std::optional<double> upper = {};           ///< likewise: at most this
  bool undecided = false;                     ///< the bound does not decide the answer, or there is no value
  std::optional<Filter::Kind> filter = {};    ///< the query's
  std::vector<StateValue> by_state = {};      ///< of print: the states whose value is not 0
  double low = 0;                             ///< of range: the smallest of the values
  double high = 0;                            ///< ... the largest
  std::string_view kind = "property";         ///< the query's
};

/// Its values: several where a filter asks for them, none of a boolean answer alone.
std::vector<double> values_of(const Measure& measure);

/// One query for each reward and each label of the chain, rewards first. The chain must outlive the queries. Throws
/// Error as validate().
std::vector<Query> default_queries(const Chain& chain, Checked checked = Checked::no);

/// Whether the value is in the threshold's relation to its bound.
bool compare(double value, const Threshold& threshold);

/// A connective's value from those of its operands, as far as those that are known decide it (Kleene 1938).
std::optional<bool> combine(Query::Connective connective, std::span<const std::optional<bool>> operands);

/// The answer to a query without a filter. `distribution`: one probability a state of the chain. Throws Error for a
/// probability that is not finite.
Measure evaluate(const Query& query, const std::vector<double>& distribution, Checked checked = Checked::no);

/// The long-run average of a query's value from each starting state: one number a state, as StartingStates gives.
using Averages = std::function<std::vector<double>(const Query&)>;

/// The answer to a query with a filter, asked of the long run from each starting state. Throws Error where it has no
/// filter, or one with a state that the chain does not have.
Measure evaluate(const Query& query, const Averages& averages);

}  // namespace steady
