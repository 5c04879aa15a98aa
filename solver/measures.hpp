// Measures: long-run averages of a function of the state.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "solver/chain.hpp"

namespace steady {

// A threshold that a measure is compared with, as in S>=0.99 [ "up" ].
struct Threshold {
  enum class Relation { less, at_most, greater, at_least } relation;
  double bound;
};

// What becomes of the answers of several starting states.
struct Filter {
  enum class Kind { min, max, average, range, state, print, for_all, exists } kind;
  std::vector<State> states;  // ascending, at least one; of `state` exactly one
};

// What is asked of a distribution pi: the sum of pi(i) value(i) over all states i, possibly compared with a threshold;
// or a boolean combination of such comparisons. With a filter it is asked of the long run from each of the filter's
// states as a starting state, without one of the long run from the initial distribution.
struct Query {
  enum class Connective { none, negation, conjunction, disjunction, implication, equivalence };

  std::string name;                    // the property's own name, else the reward's or label's
  std::string property;                // its text in the PRISM language, e.g. S=? [ "up" ]
  std::function<double(State)> value;  // 0 or 1 for a probability; safe to call from several threads
  std::optional<Threshold> threshold;
  Connective connective = Connective::none;  // with another one, the operands stand for value and threshold
  std::vector<Query> operands = {};          // each of them compared or combined itself
  std::optional<Filter> filter = {};
  std::string_view kind = "property";  // what has the name: a reward, a label or the property itself

  bool boolean() const { return threshold || connective != Connective::none; }
};

struct StateValue {
  State state;
  double value;
};

struct Measure {
  std::string name;
  std::string property;
  std::optional<double> value = {};  // the long-run average, or what the filter makes of several
  std::optional<bool> holds = {};    // the answer, where the query is a comparison or a combination
  std::optional<double> bound = {};  // proven: the exact value is no further from `value`, or a value of several
  std::optional<double> bound_relative = {};     // that over the least size that the exact value can have
  std::optional<double> lower = {}, upper = {};  // proven, where `bound` is: the exact value is between them
  bool undecided = false;                        // the bound does not decide the answer, or there is no value
  std::optional<Filter::Kind> filter = {};       // the query's
  std::vector<StateValue> by_state = {};         // of print: the states whose value is not 0
  double low = 0, high = 0;                      // of range
  std::string_view kind = "property";            // the query's
};

// Its values: several where a filter asks for them, none of a boolean answer alone.
std::vector<double> values_of(const Measure& measure);

// One query for each reward and each label of the chain, rewards first. The chain must outlive the queries. Throws
// Error as validate().
std::vector<Query> default_queries(const Chain& chain, Checked checked = Checked::no);

bool compare(double value, const Threshold& threshold);

// A connective's value from those of its operands, as far as those that are known decide it (Kleene 1938).
std::optional<bool> combine(Query::Connective connective, std::span<const std::optional<bool>> operands);

// The answer to a query without a filter. `distribution`: one probability a state of the chain. Throws Error for a
// probability that is not finite.
Measure evaluate(const Query& query, const std::vector<double>& distribution, Checked checked = Checked::no);

// The answer to a query with a filter; Error where it has none, or one with a state that the chain does not have.
// `averages(q)`: the long-run average of q.value from each starting state.
using Averages = std::function<std::vector<double>(const Query&)>;
Measure evaluate(const Query& query, const Averages& averages);

}  // namespace steady
