/// @file
/// Measures: long-run averages of a function of the state, expected totals until a set of states is reached, and what
/// is made of them.
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

/// What is asked of a distribution pi: the sum of pi(i) value(i) over all states i, or a sum, product or quotient of
/// such numbers, possibly compared with a threshold; or a boolean combination of such comparisons. With a target: the
/// expected total of value(i) a unit of time (DTMC: a step) in state i until a state of the target is reached. With a
/// filter it is asked of each of the filter's states as a starting state, without one of the initial distribution.
struct Query {
  /// How the answers of the operands are combined.
  enum class Connective { none, negation, conjunction, disjunction, implication, equivalence };
  /// What number is made of those of the two operands.
  enum class Arithmetic { none, sum, difference, product, quotient };

  std::string name;                          ///< the property's own name, else the reward's or label's
  std::string property;                      ///< its text in the PRISM language, e.g. S=? [ "up" ]
  std::function<double(State)> value;        ///< 0 or 1 for a probability; safe to call from several threads
  std::optional<Threshold> threshold;        ///< empty: the value itself is asked for
  Connective connective = Connective::none;  ///< with another one, the operands stand for value and threshold
  std::vector<Query> operands = {};          ///< of a connective: each of them compared or combined itself
  std::optional<Filter> filter = {};         ///< over starting states
  std::string_view kind = "property";        ///< what has the name: a reward, throughput, label or the property itself
  Arithmetic arithmetic = Arithmetic::none;  ///< with another one, two operands stand for value
  std::optional<double> constant = {};       ///< instead of value: this number
  std::vector<double> constant_derivatives = {};  ///< by each of Model::derivatives; empty: all are 0
  std::function<bool(State)> target = {};         ///< empty: a long-run average; safe to call from several threads
  std::optional<std::size_t> reward = {};         ///< which of the chain's rewards `value` is; empty: none
  bool probability = false;                       ///< `value` is 0 or 1 in every state, also of a larger chain
  std::function<double(State)> error = {};  ///< as Reward::error, likewise safe to call; empty: `value` is the model's

  /// Whether the answer is true or false.
  bool boolean() const { return threshold || connective != Connective::none; }
};

/// The parts of a query that have a value of their own, itself where it has no operands; constants are not among them.
std::vector<const Query*> leaves_of(const Query& query);

/// The long-run average from one starting state.
struct StateValue {
  State state;   ///< where the chain starts
  double value;  ///< the average from there
};

/// What is proven of a value.
struct ValueBounds {
  double lower;  ///< the exact value is at least this
  double upper;  ///< ... at most this
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
  /// Set where the chain is truncated and nothing is proven of the answer: how far `value` may be off as sets of states
  /// compare; infinite where that says nothing.
  std::optional<double> estimated_error = {};
  bool undecided = false;                   ///< the bound does not decide the answer, or there is no value
  std::optional<Filter::Kind> filter = {};  ///< the query's
  std::vector<StateValue> by_state = {};    ///< of print: the states whose value is not 0
  double low = 0;                           ///< of range: the smallest of the values
  double high = 0;                          ///< ... the largest
  std::string_view kind = "property";       ///< the query's
  /// Proven, where `bound` is and there are several values: of each of values_of(), in their order.
  std::vector<ValueBounds> bounds_of_each = {};
};

/// Its values: several where a filter asks for them, none of a boolean answer alone.
std::vector<double> values_of(const Measure& measure);

/// One query for each reward and each label of the chain, rewards first, but for throughputs. The chain must outlive
/// the queries. Throws Error as validate().
std::vector<Query> default_queries(const Chain& chain, Checked checked = Checked::no);

/// One query for each throughput among the rewards of the chain, which must outlive the queries.
std::vector<Query> throughput_queries(const Chain& chain);

/// Whether the value is in the threshold's relation to its bound.
bool compare(double value, const Threshold& threshold);

/// A connective's value from those of its operands, as far as those that are known decide it (Kleene 1938).
std::optional<bool> combine(Query::Connective connective, std::span<const std::optional<bool>> operands);

/// The value of a leaf of a query: infinite where its target is not reached for certain, not a number where it has
/// none.
using LeafValue = std::function<double(const Query&)>;

/// The answer to a query without a filter, from the values of its leaves.
Measure evaluate(const Query& query, const LeafValue& value);

/// The answer to a query without a filter or a target. `distribution`: one probability a state of the chain. Throws
/// Error for a probability that is not finite, and for a query with a target.
Measure evaluate(const Query& query, const std::vector<double>& distribution, Checked checked = Checked::no);

/// The value of a leaf of a query from each starting state: one number a state. That of a long-run average is what
/// StartingStates gives.
using Averages = std::function<std::vector<double>(const Query&)>;

/// The answer to a query with a filter, asked of each starting state. Throws Error where it has no filter, or one with
/// a state that the chain does not have.
Measure evaluate(const Query& query, const Averages& averages);

}  // namespace steady
