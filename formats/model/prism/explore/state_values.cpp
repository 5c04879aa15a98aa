#include "formats/model/prism/explore/state_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <steady/error.hpp>

#include "formats/base/relative_error.hpp"

namespace steady::detail::prism {

StateValues::StateValues(const CompiledModel& model)
    : model_(model), values_(model.packing.variables().size() + 1), earned_(model.rewards.size()) {
  for (std::size_t r = 0; r < earned_.size(); ++r)
    for (const CompiledRewardItem& item : model.rewards[r].items)
      earned_[r].push_back(ValueTable::of(model, {item.guard, item.value}));
  for (const CompiledLabel& label : model.labels) labels_.push_back(ValueTable::of(model, {label.holds}));
}

void StateValues::unpack() {
  if (unpacked_) return;
  for (std::size_t v = 0; v + 1 < values_.size(); ++v)
    values_[v] = static_cast<double>(model_.packing.value(state_, v));
  unpacked_ = true;
}

void StateValues::fail_in_state(Place place, const std::string& message, Error::Cause cause) {
  unpack();
  std::string state;
  const std::vector<Variable>& variables = model_.packing.variables();
  for (std::size_t v = 0; v < variables.size(); ++v) {
    if (v > 0) state += ',';
    state += variables[v].boolean ? (values_[v] != 0 ? "true" : "false") : fmt::format("{}", values_[v]);
  }
  fail(place, fmt::format("{} in state ({})", message, state), cause);
}

double StateValues::evaluate(Entry entry) {
  const Instruction* code = &model_.program.code[entry.start];
  if (code[0].op == Opcode::push && code[1].op == Opcode::end) return code[0].a;
  unpack();
  try {
    return model_.program.evaluate(entry, values_.data());
  } catch (const Undefined& undefined) {
    fail_in_state(undefined.place, undefined.what);
  }
}

double StateValues::rate(const CompiledUpdate& update) {
  const double rate = evaluate(update.rate);
  if (!(rate >= 0 && rate <= std::numeric_limits<double>::max()))
    fail_in_state(update.place, fmt::format("the {} is {}", update.what, rate));
  return rate;
}

// evaluate() where there is no table.
template <class Evaluate>
double StateValues::tabulated(std::optional<ValueTable>& table, Evaluate evaluate) {
  if (!table) return evaluate();
  const Packing& packing = model_.packing;
  return table->value([&](std::uint32_t v) { return packing.value(state_, v) - packing.variables()[v].low; }, evaluate);
}

// 0 where the guard does not hold.
double StateValues::earned(const CompiledRewardItem& item) {
  if (!holds(item.guard)) return 0;
  const double value = evaluate(item.value);
  if (!std::isfinite(value)) fail_in_state(item.place, fmt::format("the reward is {}", value));
  return value;
}

double StateValues::reward(std::size_t r, const std::vector<double>& action_rate) {
  const std::vector<CompiledRewardItem>& items = model_.rewards[r].items;
  double total = 0;
  for (std::size_t k = 0; k < items.size(); ++k) {
    const CompiledRewardItem& item = items[k];
    const double rate = !item.transition ? 1 : item.action == no_action ? action_rate.back() : action_rate[item.action];
    if (rate != 0) total += rate * tabulated(earned_[r][k], [&] { return earned(item); });
  }
  return total;
}

double StateValues::reward_error(std::size_t r, const std::vector<double>& action_rate, double rate_error) {
  Interval exact;
  for (const CompiledRewardItem& item : model_.rewards[r].items) {
    const double rate = !item.transition ? 1 : item.action == no_action ? action_rate.back() : action_rate[item.action];
    if (rate == 0 || !holds(item.guard)) continue;
    const Interval value = model_.rate_errors ? enclosed(item.value) : Interval(evaluate(item.value));
    if (value.low != 0 || value.high != 0) exact = exact + (item.transition ? around(rate, rate_error) : rate) * value;
  }
  return radius(exact, reward(r, action_rate));
}

bool StateValues::label(std::size_t l) {
  return tabulated(labels_[l], [&] { return evaluate(model_.labels[l].holds); }) != 0;
}

Interval StateValues::enclosed(Entry entry) {
  unpack();
  return model_.program.enclose(entry, values_.data());
}

std::int64_t StateValues::assigned(const CompiledAssignment& assignment) {
  const double value = evaluate(assignment.value);
  const Variable& variable = model_.packing.variables()[assignment.variable];
  const auto within = [&](std::int64_t low, std::int64_t high) {
    return value >= static_cast<double>(low) && value <= static_cast<double>(high);
  };
  if (!within(variable.low, variable.high)) {
    const std::vector<std::uint32_t>& unbounded = model_.unbounded;
    const bool widens = std::find(unbounded.begin(), unbounded.end(), assignment.variable) != unbounded.end();
    if (widens && within(smallest_int, largest_int))
      throw NoRoom{assignment.variable, static_cast<std::int64_t>(value)};
    fail_in_state(assignment.place,
                  fmt::format("'{}' becomes {}, outside its range [{}..{}],", variable.name, value,
                              widens ? smallest_int : variable.low, widens ? largest_int : variable.high));
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace steady::detail::prism
