// Measures: long-run averages of a function of the state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "solver/chain.hpp"

namespace steady {

// A threshold that a measure is compared with, as in S>=0.99 [ "up" ].
struct Threshold {
  enum class Relation { less, at_most, greater, at_least } relation;
  double bound;
};

// What is asked of a distribution pi: the sum of pi(i) value(i) over all states i, possibly compared with a threshold.
struct Query {
  std::string name;                    // the property's own name, else the reward's or label's
  std::string property;                // its text in the PRISM language, e.g. S=? [ "up" ]
  std::function<double(State)> value;  // 0 or 1 for a probability; safe to call from several threads
  std::optional<Threshold> threshold;
};

struct Measure {
  std::string name;
  std::string property;
  double value;                      // the long-run average
  std::optional<bool> holds;         // the answer, where the query has a threshold
  std::optional<double> bound = {};  // proven: the exact value is no further from `value`
  bool undecided = false;            // the bound does not decide the answer
};

// One query for each reward and each label of the chain, rewards first. The chain must outlive the queries.
std::vector<Query> default_queries(const Chain& chain);

// `distribution`: one probability a state of `chain.size()`.
Measure evaluate(const Query& query, const std::vector<double>& distribution);

}  // namespace steady
