#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>

#include <steady/error.hpp>
#include <steady/measures.hpp>

#include "formats/base/block_sum.hpp"
#include "formats/chain/arithmetic.hpp"

namespace steady {

using namespace detail;

bool compare(double value, const Threshold& threshold) {
  switch (threshold.relation) {
    case Threshold::Relation::less:
      return value < threshold.bound;
    case Threshold::Relation::at_most:
      return value <= threshold.bound;
    case Threshold::Relation::greater:
      return value > threshold.bound;
    case Threshold::Relation::at_least:
      return value >= threshold.bound;
  }
  return false;
}

std::optional<bool> combine(Query::Connective connective, std::span<const std::optional<bool>> operands) {
  using Truth = std::optional<bool>;
  const auto negate = [](Truth a) { return a ? Truth(!*a) : a; };
  const auto either = [](Truth a, Truth b) {
    return a == Truth(true) || b == Truth(true) ? true : a && b ? Truth(false) : Truth();
  };
  Truth result = operands[0];
  for (const Truth next : operands.subspan(1)) {
    if (connective == Query::Connective::conjunction) result = negate(either(negate(result), negate(next)));
    if (connective == Query::Connective::disjunction) result = either(result, next);
    if (connective == Query::Connective::implication) result = either(negate(result), next);
    if (connective == Query::Connective::equivalence) result = result && next ? Truth(*result == *next) : Truth();
  }
  return connective == Query::Connective::negation ? negate(result) : result;
}

std::vector<const Query*> leaves_of(const Query& query) {
  if (query.constant) return {};
  if (query.operands.empty()) return {&query};
  std::vector<const Query*> leaves;
  for (const Query& operand : query.operands)
    for (const Query* leaf : leaves_of(operand)) leaves.push_back(leaf);
  return leaves;
}

std::vector<double> values_of(const Measure& measure) {
  if (measure.value) return {*measure.value};
  if (measure.filter == Filter::Kind::range) return {measure.low, measure.high};
  std::vector<double> values;
  for (const StateValue& from : measure.by_state) values.push_back(from.value);
  return values;
}

namespace {

Query query_of_reward(const Chain& chain, std::size_t index) {
  const Reward& reward = chain.rewards[index];
  const auto value = [&reward](State s) { return reward.rate[s]; };
  const bool named = !reward.name.empty();
  Query query{named ? reward.name : fmt::format("reward {}", index + 1),
              named ? fmt::format("R{{\"{}\"}}=? [ S ]", reward.name) : fmt::format("R{{{}}}=? [ S ]", index + 1),
              value, std::nullopt};
  query.kind = "reward";
  query.reward = index;
  if (!reward.error.empty()) query.error = [&reward](State s) { return reward.error[s]; };
  if (!reward.throughput) return query;
  query.kind = "throughput";
  query.property = fmt::format("throughput of [{}]", reward.name);
  return query;
}

}  // namespace

std::vector<Query> throughput_queries(const Chain& chain) {
  std::vector<Query> queries;
  for (std::size_t r = 0; r < chain.rewards.size(); ++r)
    if (chain.rewards[r].throughput) queries.push_back(query_of_reward(chain, r));
  return queries;
}

std::vector<Query> default_queries(const Chain& chain, Checked checked) {
  if (checked == Checked::no) validate(chain);
  std::vector<Query> queries;
  for (std::size_t r = 0; r < chain.rewards.size(); ++r)
    if (!chain.rewards[r].throughput) queries.push_back(query_of_reward(chain, r));
  for (const Label& label : chain.labels) {
    if (label.name == "init" || label.name == "deadlock") continue;
    queries.push_back({label.name, fmt::format("S=? [ \"{}\" ]", label.name),
                       [&label](State s) { return label.holds[s] ? 1.0 : 0.0; }, std::nullopt});
    queries.back().kind = "label";
    queries.back().probability = true;
  }
  return queries;
}

namespace {

double average(const std::function<double(State)>& value_of, const std::vector<double>& distribution) {
  std::exception_ptr failure;  // of an expression that has no value in some state; none may leave a thread
  const double value = sum_over_blocks<double>(distribution.size(), [&](std::size_t first, std::size_t last) {
    double block = 0;
    try {
      for (std::size_t i = first; i < last; ++i) block += distribution[i] * value_of(static_cast<State>(i));
    } catch (...) {
#pragma omp critical
      failure = std::current_exception();
    }
    return block;
  });
  if (failure) std::rethrow_exception(failure);
  return std::isfinite(value) ? value : NAN;
}

// Nothing is proven of the long run from each state: a comparison that rounding might turn is left open.
std::optional<bool> compare_apart(double value, const Threshold& threshold) {
  constexpr double apart = 1e-9;
  if (!(std::abs(value - threshold.bound) > apart * std::max(1.0, std::abs(threshold.bound)))) return std::nullopt;
  return compare(value, threshold);
}

double number(std::optional<bool> truth) { return truth ? (*truth ? 1 : 0) : std::nan(""); }

// The query's value, of a boolean one 0, 1 or, undecided, NaN; its filter is not looked at.
double value_of(const Query& query, const LeafValue& leaf) {
  if (query.connective == Query::Connective::none) {
    const double value = number_of<double>(query, leaf);
    return query.threshold ? number(compare_apart(value, *query.threshold)) : value;
  }
  std::vector<std::optional<bool>> operands;
  for (const Query& operand : query.operands) {
    const double truth = value_of(operand, leaf);
    operands.push_back(std::isnan(truth) ? std::nullopt : std::optional(truth != 0));
  }
  return number(combine(query.connective, operands));
}

// The query's value from each of the filter's states.
std::vector<double> from_each_start(const Query& query, const Averages& averages) {
  std::map<const Query*, std::vector<double>> leaves;
  for (const Query* leaf : leaves_of(query)) leaves[leaf] = averages(*leaf);
  std::vector<double> values;
  for (const State s : query.filter->states)
    values.push_back(value_of(query, [&](const Query& leaf) {
      const std::vector<double>& of_leaf = leaves.at(&leaf);
      if (s >= of_leaf.size())
        throw Error(fmt::format("{}: its filter has state {} of {} states", query.property, s, of_leaf.size()));
      return of_leaf[s];
    }));
  return values;
}

}  // namespace

Measure evaluate(const Query& query, const LeafValue& value_of_leaf) {
  Measure measure{query.name, query.property};
  measure.kind = query.kind;
  if (query.connective == Query::Connective::none) {
    const double value = number_of<double>(query, value_of_leaf);
    measure.undecided = std::isnan(value);
    if (measure.undecided) return measure;
    measure.value = value;
    if (query.threshold) measure.holds = compare(value, *query.threshold);
  } else {
    std::vector<std::optional<bool>> operands;
    for (const Query& operand : query.operands) operands.push_back(evaluate(operand, value_of_leaf).holds);
    measure.holds = combine(query.connective, operands);
    measure.undecided = !measure.holds;
  }
  return measure;
}

Measure evaluate(const Query& query, const std::vector<double>& distribution, Checked checked) {
  for (std::size_t i = 0; checked == Checked::no && i < distribution.size(); ++i)
    if (!std::isfinite(distribution[i]))
      throw Error(fmt::format("the distribution for state {}, {}, is not a finite number", i, distribution[i]));
  return evaluate(
      query, LeafValue([&](const Query& leaf) {
        if (leaf.target)
          throw Error(fmt::format("{}: a distribution does not say when states are reached", query.property));
        return average(leaf.value, distribution);
      }));
}

Measure evaluate(const Query& query, const Averages& averages) {
  if (!query.filter)
    throw Error(fmt::format("{}: it has no filter for the values from several states", query.property));
  const Filter& filter = *query.filter;
  const std::vector<double> values = from_each_start(query, averages);
  Measure measure{query.name, query.property};
  measure.kind = query.kind;
  measure.filter = filter.kind;
  double low = INFINITY, high = -INFINITY, sum = 0;
  bool open = false;  // somewhere undecided
  for (const double value : values) {
    low = std::fmin(low, value);
    high = std::fmax(high, value);
    sum += value;
    open = open || std::isnan(value);
  }
  measure.undecided = open && !query.boolean();
  if (measure.undecided) return measure;
  const auto answer = [&](bool holds, bool decided) {
    if (decided) measure.holds = holds;
    measure.undecided = !decided;
  };
  switch (filter.kind) {
    case Filter::Kind::min:
      measure.value = low;
      break;
    case Filter::Kind::max:
      measure.value = high;
      break;
    case Filter::Kind::average:
      if (std::isfinite(sum) || (std::isinf(sum) && (std::isinf(low) || std::isinf(high))))
        measure.value = sum / static_cast<double>(values.size());
      measure.undecided = !measure.value;
      break;
    case Filter::Kind::range:
      measure.low = low;
      measure.high = high;
      break;
    case Filter::Kind::state:
      if (query.boolean())
        answer(low != 0, !open);
      else
        measure.value = low;
      break;
    case Filter::Kind::print:
      for (std::size_t k = 0; k < values.size(); ++k)
        if (values[k] != 0) measure.by_state.push_back({filter.states[k], values[k]});
      break;
    case Filter::Kind::for_all:
      answer(low != 0, !open || low == 0);
      break;
    case Filter::Kind::exists:
      answer(high != 0, !open || high == 1);
      break;
  }
  return measure;
}

}  // namespace steady
