#include "formats/model/prism/explore/command_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <new>
#include <stdexcept>

#include <steady/error.hpp>

namespace steady::detail::prism {

std::vector<std::uint64_t> bits_read(const CompiledModel& model, const CompiledCommand& command) {
  std::vector<std::uint64_t> mask(model.words());
  const auto add = [&](Entry entry) {
    for (const std::uint32_t v : model.program.reads(entry)) model.packing.cover(mask.data(), v);
  };
  add(command.guard);
  for (const CompiledUpdate& update : command.updates) {
    if (!update.rate_is_shared) add(update.rate);
    for (const CompiledAssignment& assignment : update.assignments) {
      add(assignment.value);
      model.packing.cover(mask.data(), assignment.variable);  // its old value is what the change is added to
    }
  }
  return mask;
}

namespace {

std::vector<std::uint64_t> bits_read(const CompiledModel& model, std::size_t first, std::size_t last) {
  std::vector<std::uint64_t> all(model.words());
  for (std::size_t c = first; c < last; ++c) {
    const std::vector<std::uint64_t> mask = bits_read(model, model.commands[c]);
    for (std::size_t w = 0; w < all.size(); ++w) all[w] |= mask[w];
  }
  return all;
}

}  // namespace

CommandTable::CommandTable(const CompiledModel& model, const SharedRates& rates, std::size_t first, std::size_t last)
    : model_(&model),
      rates_(&rates),
      width_(model.words()),
      first_(first),
      last_(last),
      mask_(bits_read(model, first, last)),
      states_(mask_) {
  for (std::size_t c = first; c < last; ++c) parts_.push_back(model.commands[c].part);
  std::sort(parts_.begin(), parts_.end());
  parts_.erase(std::unique(parts_.begin(), parts_.end()), parts_.end());
  const auto others =
      std::stable_partition(parts_.begin(), parts_.end(), [&](std::uint32_t part) { return model.parts[part].alone; });
  parts_alone_ = static_cast<std::size_t>(others - parts_.begin());
}

std::size_t CommandTable::bits() const {
  std::size_t bits = 0;
  for (const std::uint64_t word : mask_) bits += static_cast<std::size_t>(std::popcount(word));
  return bits;
}

// What the commands do in a new local state; false: it is one too many.
bool CommandTable::evaluate(std::uint32_t number, StateValues& values, std::size_t limit) {
  if (number >= limit) return false;
  LocalChoices local;
  local.first = local.last = static_cast<std::uint32_t>(branches_.size());
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    evaluate(parts_[k], values);
    const Choices& own = choices_.back();
    if (k < parts_alone_) {
      local.last = own.last;
      local.enabled += own.enabled;
      local.fails |= own.guard_fails || own.branch_fails;
      local.rescaled |= own.rescaled;
    } else {
      if (own.enabled > 0) local.open |= bit_of(parts_[k]);
      if (own.guard_fails) local.open = ~std::uint64_t{0};
    }
  }
  local_.push_back(local);
  return true;
}

void CommandTable::clear() {
  states_.clear();
  choices_.clear();
  local_.clear();
  branches_.clear();
  changes_.clear();
}

// A command that goes wrong is an error only where it is taken, and that is seen when the state's synchronizations are.
void CommandTable::evaluate(std::uint32_t part, StateValues& values) {
  Choices choices;
  choices.first = choices.last = static_cast<std::uint32_t>(branches_.size());
  try {
    const std::vector<std::uint32_t> commands = enabled(part, values);
    choices.enabled = static_cast<std::uint32_t>(commands.size()) & 0x1FFFFFFF;  // no model has more
    try {
      for (const std::uint32_t c : commands) add_branches(model_->commands[c], values, choices);
      choices.last = static_cast<std::uint32_t>(branches_.size());
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {  // an Error or NoRoom
      choices.branch_fails = true;
      branches_.resize(choices.first);
      changes_.resize(choices.first * width_);
    }
  } catch (const Error&) {
    choices.guard_fails = true;
  }
  choices_.push_back(choices);
}

void CommandTable::fail(std::size_t part, StateValues& values) {
  Choices choices;
  for (const std::uint32_t c : enabled(parts_[part], values)) add_branches(model_->commands[c], values, choices);
  throw std::logic_error("a command that failed fails no more");
}

std::vector<std::uint32_t> CommandTable::enabled(std::uint32_t part, StateValues& values) const {
  std::vector<std::uint32_t> commands;
  for (std::size_t c = first_; c < last_; ++c)
    if (model_->commands[c].part == part && values.holds(model_->commands[c].guard))
      commands.push_back(static_cast<std::uint32_t>(c));
  return commands;
}

void CommandTable::add_branches(const CompiledCommand& command, StateValues& values, Choices& choices) {
  const std::size_t first = branches_.size();
  double sum = 0;
  for (const CompiledUpdate& update : command.updates) {
    const std::uint32_t shared = rates_->number(update);
    const double rate = shared == SharedRates::own ? values.rate(update) : 0;
    sum += rate;
    if (rate == 0 && shared == SharedRates::own) continue;
    branches_.push_back({rate, shared, false});
    add_change(update, values);
  }
  if (model_->kind != Kind::dtmc || sum == 1) return;
  if (!(std::abs(sum - 1) <= 1e-5))
    values.fail_in_state(command.place, fmt::format("the probabilities of this command sum to {}, not 1,", sum));
  if (std::abs(sum - 1) > 1e-12) choices.rescaled = true;
  for (std::size_t k = first; k < branches_.size(); ++k) branches_[k].rate /= sum;
}

void CommandTable::add_change(const CompiledUpdate& update, StateValues& values) {
  const Packing& packing = model_->packing;
  std::vector<std::uint64_t> target(values.state(), values.state() + width_);
  try {
    for (const CompiledAssignment& assignment : update.assignments)
      packing.set(target.data(), assignment.variable, values.assigned(assignment));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (...) {  // an Error or NoRoom
    if (branches_.back().shared == SharedRates::own) throw;
    branches_.back().impossible = true;  // unless its rate is 0
  }
  for (std::size_t w = 0; w < width_; ++w) changes_.push_back(target[w] - values.state()[w]);
}

}  // namespace steady::detail::prism
