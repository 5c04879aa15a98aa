#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include <steady/error.hpp>
#include <steady/measures.hpp>

#include "formats/base/block_sum.hpp"

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

std::vector<double> values_of(const Measure& measure) {
  if (measure.value) return {*measure.value};
  if (measure.filter == Filter::Kind::range) return {measure.low, measure.high};
  std::vector<double> values;
  for (const StateValue& from : measure.by_state) values.push_back(from.value);
  return values;
}

std::vector<Query> default_queries(const Chain& chain, Checked checked) {
  if (checked == Checked::no) validate(chain);
  std::vector<Query> queries;
  std::size_t number = 0;
  for (const Reward& reward : chain.rewards) {
    ++number;
    const bool named = !reward.name.empty();
    queries.push_back({named ? reward.name : fmt::format("reward {}", number),
                       named ? fmt::format("R{{\"{}\"}}=? [ S ]", reward.name) : fmt::format("R{{{}}}=? [ S ]", number),
                       [&reward](State s) { return reward.rate[s]; }, std::nullopt});
    queries.back().kind = "reward";
  }
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
  return value;
}

// Nothing is proven of the long run from each state: a comparison that rounding might turn is left open.
std::optional<bool> compare_apart(double value, const Threshold& threshold) {
  constexpr double apart = 1e-9;
  if (!(std::abs(value - threshold.bound) > apart * std::max(1.0, std::abs(threshold.bound)))) return std::nullopt;
  return compare(value, threshold);
}

double number(std::optional<bool> truth) { return truth ? (*truth ? 1 : 0) : std::nan(""); }

// The query's value from each starting state, of a boolean one 0, 1 or, undecided, NaN; its filter is not looked at.
std::vector<double> from_each_start(const Query& query, const Averages& averages) {
  if (query.connective == Query::Connective::none) {
    std::vector<double> values = averages(query);
    if (query.threshold)
      for (double& value : values) value = number(compare_apart(value, *query.threshold));
    return values;
  }
  std::vector<std::vector<double>> operands;
  for (const Query& operand : query.operands) operands.push_back(from_each_start(operand, averages));
  std::vector<double> values(operands.front().size());
  std::vector<std::optional<bool>> truths(operands.size());
  for (std::size_t s = 0; s < values.size(); ++s) {
    for (std::size_t k = 0; k < operands.size(); ++k)
      truths[k] = std::isnan(operands[k][s]) ? std::nullopt : std::optional(operands[k][s] != 0);
    values[s] = number(combine(query.connective, truths));
  }
  return values;
}

}  // namespace

Measure evaluate(const Query& query, const std::vector<double>& distribution, Checked checked) {
  for (std::size_t i = 0; checked == Checked::no && i < distribution.size(); ++i)
    if (!std::isfinite(distribution[i]))
      throw Error(fmt::format("the distribution for state {}, {}, is not a finite number", i, distribution[i]));
  Measure measure{query.name, query.property};
  measure.kind = query.kind;
  if (query.connective == Query::Connective::none) {
    const double value = average(query.value, distribution);
    measure.undecided = std::isnan(value);
    if (measure.undecided) return measure;
    measure.value = value;
    if (query.threshold) measure.holds = compare(value, *query.threshold);
  } else {
    std::vector<std::optional<bool>> operands;
    for (const Query& operand : query.operands) operands.push_back(evaluate(operand, distribution, Checked::yes).holds);
    measure.holds = combine(query.connective, operands);
    measure.undecided = !measure.holds;
  }
  return measure;
}

Measure evaluate(const Query& query, const Averages& averages) {
  if (!query.filter)
    throw Error(fmt::format("{}: it has no filter for the values from several states", query.property));
  const std::vector<double> values = from_each_start(query, averages);
  const Filter& filter = *query.filter;
  Measure measure{query.name, query.property};
  measure.kind = query.kind;
  measure.filter = filter.kind;
  double low = INFINITY, high = -INFINITY, sum = 0;
  bool open = false;  // somewhere undecided
  for (const State s : filter.states) {
    if (s >= values.size())
      throw Error(fmt::format("{}: its filter has state {} of {} states", query.property, s, values.size()));
    low = std::fmin(low, values[s]);
    high = std::fmax(high, values[s]);
    sum += values[s];
    open = open || std::isnan(values[s]);
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
      measure.value = sum / static_cast<double>(filter.states.size());
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
      for (const State s : filter.states)
        if (values[s] != 0) measure.by_state.push_back({s, values[s]});
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
