#include "formats/model/prism/successors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/error.hpp"

namespace steady::prism {

Successors::Successors(const Network& network)
    : network_(network),
      width_(network.packing.words()),
      values_(network.packing.variables().size() + 1),
      base_(width_),
      action_rate_(network.synchronisations.size() + 1) {}

void Successors::fail_in_state(Place place, const std::string& message) const {
  std::string state;
  const std::vector<Variable>& variables = network_.packing.variables();
  for (std::size_t v = 0; v < variables.size(); ++v) {
    if (v > 0) state += ',';
    state += variables[v].boolean ? (values_[v] != 0 ? "true" : "false") : fmt::format("{}", values_[v]);
  }
  fail(place, fmt::format("{} in state ({})", message, state));
}

void Successors::expand(const std::uint64_t* state) {
  targets_.clear();
  rates_.clear();
  choices_ = 0;
  for (std::size_t v = 0; v + 1 < values_.size(); ++v)
    values_[v] = static_cast<double>(network_.packing.value(state, v));
  try {
    expand_independent(state);
    for (std::size_t a = 0; a < network_.synchronisations.size(); ++a) expand_synchronisation(a, state);
  } catch (const Undefined& undefined) {
    fail_in_state(undefined.place, undefined.what);
  }
  if (network_.kind == Kind::dtmc && choices_ > 1) {
    for (double& rate : rates_) rate /= choices_;
    for (double& rate : action_rate_) rate /= choices_;
  }
}

void Successors::expand_independent(const std::uint64_t* state) {
  const std::size_t begin = rates_.size();
  for (const NetworkCommand& command : network_.independent) {
    if (!enabled(command)) continue;
    choices_ += 1;
    branches_.clear();
    effects_.clear();
    add_branches(command);
    for (const Branch& branch : branches_) {
      append(state, branch.rate);
      apply(branch, rates_.size() - 1);
    }
  }
  double total = 0;
  for (std::size_t k = begin; k < rates_.size(); ++k) total += rates_[k];
  action_rate_.back() = total;
}

// First the enabled commands of each module, then their product.
void Successors::expand_synchronisation(std::size_t action, const std::uint64_t* state) {
  action_rate_[action] = 0;
  enabled_.clear();
  enabled_end_.clear();
  double choices = 1;
  for (const std::vector<NetworkCommand>& module : network_.synchronisations[action].modules) {
    const std::size_t before = enabled_.size();
    for (const NetworkCommand& command : module)
      if (enabled(command)) enabled_.push_back(&command);
    if (enabled_.size() == before) return;
    choices *= static_cast<double>(enabled_.size() - before);
    enabled_end_.push_back(enabled_.size());
  }
  choices_ += choices;

  const std::size_t begin = rates_.size();
  append(state, 1);
  branches_.clear();
  effects_.clear();
  std::size_t k = 0;
  for (const std::size_t end : enabled_end_) {
    const std::size_t first = branches_.size();
    for (; k < end; ++k) add_branches(*enabled_[k]);
    combine(begin, std::span(branches_).subspan(first));
  }
  double total = 0;
  for (std::size_t t = begin; t < rates_.size(); ++t) total += rates_[t];
  if (!(total <= std::numeric_limits<double>::max()))
    fail_in_state(enabled_[0]->place,
                  fmt::format("the product of the rates of [{}] is {}", network_.synchronisations[action].name, total));
  action_rate_[action] = total;
}

// Every transition from `begin` on times every branch, in lexicographic order.
void Successors::combine(std::size_t begin, std::span<const Branch> branches) {
  const std::size_t count = rates_.size() - begin;
  const std::size_t n = branches.size();  // 0 where every rate is 0: no transition is left
  targets_.resize((begin + count * n) * width_);
  rates_.resize(begin + count * n);
  for (std::size_t p = n == 0 ? 0 : count; p-- > 0;) {
    const auto from = targets_.begin() + static_cast<std::ptrdiff_t>((begin + p) * width_);
    std::copy(from, from + static_cast<std::ptrdiff_t>(width_), base_.begin());
    const double rate = rates_[begin + p];
    for (std::size_t j = n; j-- > 0;) {
      const std::size_t k = begin + p * n + j;
      std::copy(base_.begin(), base_.end(), targets_.begin() + static_cast<std::ptrdiff_t>(k * width_));
      rates_[k] = rate * branches[j].rate;
      apply(branches[j], k);
    }
  }
}

void Successors::append(const std::uint64_t* state, double rate) {
  targets_.insert(targets_.end(), state, state + width_);
  rates_.push_back(rate);
}

void Successors::apply(const Branch& branch, std::size_t k) {
  for (std::uint32_t e = branch.first; e < branch.last; ++e)
    network_.packing.set(targets_.data() + k * width_, effects_[e].variable, effects_[e].value);
}

void Successors::add_branches(const NetworkCommand& command) {
  const bool discrete = network_.kind == Kind::dtmc;
  const std::size_t first = branches_.size();
  double sum = 0;
  for (const NetworkUpdate& update : command.updates) {
    const double rate = evaluate(update.rate);
    if (!(rate >= 0 && rate <= std::numeric_limits<double>::max()))
      fail_in_state(update.place, fmt::format("the {} is {}", discrete ? "probability" : "rate", rate));
    sum += rate;
    if (rate == 0) continue;
    const auto begin = static_cast<std::uint32_t>(effects_.size());
    for (const NetworkAssignment& assignment : update.assignments) add_effect(assignment);
    branches_.push_back({rate, begin, static_cast<std::uint32_t>(effects_.size())});
  }
  if (!discrete || sum == 1) return;
  if (!(std::abs(sum - 1) <= 1e-5))
    fail_in_state(command.place, fmt::format("the probabilities of this command sum to {}, not 1,", sum));
  if (std::abs(sum - 1) > 1e-12) rescaled_ = true;
  for (std::size_t k = first; k < branches_.size(); ++k) branches_[k].rate /= sum;
}

void Successors::add_effect(const NetworkAssignment& assignment) {
  const double value = evaluate(assignment.value);
  const Variable& variable = network_.packing.variables()[assignment.variable];
  if (!(value >= static_cast<double>(variable.low) && value <= static_cast<double>(variable.high)))
    fail_in_state(assignment.place, fmt::format("'{}' becomes {}, outside its range [{}..{}],", variable.name, value,
                                                variable.low, variable.high));
  effects_.push_back({assignment.variable, static_cast<std::int64_t>(value)});
}

bool Successors::label(std::size_t l) {
  try {
    return evaluate(network_.labels[l].holds) != 0;
  } catch (const Undefined& undefined) {
    fail_in_state(undefined.place, undefined.what);
  }
}

double Successors::reward(std::size_t r) {
  double total = 0;
  try {
    for (const NetworkRewardItem& item : network_.rewards[r].items) {
      const double rate = !item.transition           ? 1
                          : item.action == no_action ? action_rate_.back()
                                                     : action_rate_[item.action];
      if (rate == 0 || evaluate(item.guard) == 0) continue;
      const double value = evaluate(item.value);
      if (!std::isfinite(value)) fail_in_state(item.place, fmt::format("the reward is {}", value));
      total += rate * value;
    }
  } catch (const Undefined& undefined) {
    fail_in_state(undefined.place, undefined.what);
  }
  return total;
}

}  // namespace steady::prism
