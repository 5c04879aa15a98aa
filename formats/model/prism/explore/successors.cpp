#include "formats/model/prism/explore/successors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "formats/base/memory.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/state_set.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t most_local_states = 1 << 13;  // of a table: beyond that a look-up waits for the memory

}  // namespace

Successors::Successors(const CompiledModel& model)
    : model_(model),
      width_(model.words()),
      limit_(std::clamp<std::size_t>((std::size_t{1} << 18) / (model.commands.size() + 1), 64, most_local_states)),
      values_(model),
      shared_rates_(model),
      action_rate_(model.actions.size() + 1) {
  find_synchronizations();
  make_tables();
}

void Successors::expand(const std::uint64_t* state) {
  count_ = 0;
  action_rates_known_ = false;
  choices_ = added_up_ = 0;
  vanishing_ = false;
  values_.move_to(state);
  shared_rates_.next_state();
  with_width(width_, [&](auto width) {
    std::uint64_t open = 0;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      if (vanishing_ && priority(t) < priority(t - 1)) return leave_out(t);
      look_up(t);
      take_alone(t, width);
      open |= tables_[t].local().open;
      vanishing_ = vanishing_ || (priority(t) > 0 && tables_[t].local().enabled > 0);
    }
    for (Together& together : together_) {
      together.begin = together.end = count_;
      if ((together.parts & ~open) == 0) take(together, width);
    }
  });
  if (model_.kind == Kind::dtmc && choices_ > 1)
    for (std::size_t k = 0; k < count_; ++k) rates_[k] /= choices_;
}

bool Successors::vanishing(const std::uint64_t* state, const std::uint64_t* like) {
  values_.move_to(state);
  for (std::size_t t = 0; t < tables_.size() && priority(t) > 0; ++t) {
    if (like != nullptr && !tables_[t].tells_apart(state, like)) continue;
    look_up(t);
    if (tables_[t].local().fails) fail_alone(t);
    if (tables_[t].local().enabled > 0) return true;
  }
  return false;
}

// Nothing of the tables from `first` on is taken.
void Successors::leave_out(std::size_t first) {
  for (std::size_t t = first; t < tables_.size(); ++t) rows_[t].choices = no_choices_.data();
  for (Together& together : together_) together.begin = together.end = count_;
}

// Finds the state's row in a table; in a smaller one where this one would have too many.
void Successors::look_up(std::size_t t) {
  while (!tables_[t].look_up(values_, limit_)) {
    if (tables_[t].last() - tables_[t].first() > 1)
      split(t);
    else
      tables_[t].clear();
  }
  rows_[t] = {tables_[t].row(), tables_[t].branches(), tables_[t].changes(), count_};
}

// The transitions of a table's parts that are taken alone.
template <class Width>
void Successors::take_alone(std::size_t t, Width width) {
  const LocalChoices local = tables_[t].local();
  if (local.fails) fail_alone(t);
  choices_ += local.enabled;
  rescaled_ |= local.rescaled;
  reserve(count_ + local.last - local.first);
  const std::uint64_t* state = values_.state();
  const Branch* branch = rows_[t].branches + local.first;
  const std::uint64_t* change = rows_[t].changes + local.first * width;
  std::uint64_t* target = targets_.data() + count_ * width;
  for (std::uint32_t b = local.first; b < local.last; ++b, ++branch) {
    for (std::size_t w = 0; w < width; ++w) *target++ = state[w] + *change++;
    rates_[count_++] = rate(*branch);
  }
}

void Successors::fail_alone(std::size_t t) {
  std::size_t part = 0;
  while (!rows_[t].choices[part].guard_fails && !rows_[t].choices[part].branch_fails) ++part;
  tables_[t].fail(part, values_);
}

// The synchronization's transitions: the product of its parts' branches.
template <class Width>
void Successors::take(Together& together, Width width) {
  const Synchronization& synchronization = *together.synchronization;
  if (!possible(synchronization)) return;
  const bool many = branches_ > many_combinations;
  reserve(count_ + 1);
  std::copy_n(values_.state(), width, targets_.data() + count_ * width);
  rates_[count_] = 1;
  std::size_t end = count_ + 1;
  for (const std::uint32_t part : synchronization.parts) {
    gather(part, many, width);
    end = combine(count_, end, width);
  }
  if (many) added_up_ += branches_ - static_cast<double>(end - count_);
  double total = 0;
  for (std::size_t k = count_; k < end; ++k) total += rates_[k];
  if (synchronization.action != no_action && !(total <= std::numeric_limits<double>::max()))
    fail_total(synchronization, total);
  together.end = count_ = end;
}

// Whether every part has an enabled command; counts their combinations, and those of their branches.
bool Successors::possible(const Synchronization& synchronization) {
  double combinations = 1;
  branches_ = 1;
  for (const std::uint32_t part : synchronization.parts) {
    std::uint32_t enabled = 0, branches = 0;
    for (const Source& source : sources(part)) {
      const Choices& found = choices(source);
      if (found.guard_fails) tables_[source.table].fail(source.part, values_);
      enabled += found.enabled;
      branches += found.last - found.first;
    }
    if (enabled == 0) return false;
    combinations *= enabled;
    branches_ *= branches;
  }
  choices_ += combinations;
  return true;
}

// The part's branches; where they are to be added up, one for each change that has a rate.
template <class Width>
void Successors::gather(std::uint32_t part, bool add_up, Width width) {
  part_rates_.clear();
  part_changes_.clear();
  for (const Source& source : sources(part)) {
    const Row& row = rows_[source.table];
    const Choices found = row.choices[source.part];
    if (found.branch_fails) tables_[source.table].fail(source.part, values_);
    rescaled_ |= found.rescaled;
    for (std::uint32_t b = found.first; b < found.last; ++b) {
      const double rate = this->rate(row.branches[b]);
      if (add_up && rate == 0) continue;
      const std::uint64_t* const change = row.changes + b * width;
      const auto same = !add_up ? part_changes_.end()
                                : std::find_if(part_changes_.begin(), part_changes_.end(), [&](const auto* other) {
                                    return std::equal(change, change + width, other);
                                  });
      if (same != part_changes_.end()) {
        part_rates_[static_cast<std::size_t>(same - part_changes_.begin())] += rate;
        continue;
      }
      part_rates_.push_back(rate);
      part_changes_.push_back(change);
    }
  }
}

// Of the synchronization, which is possible, in the state that was looked up last.
template <class Width>
double Successors::count(const Synchronization& synchronization, Width width) {
  double product = 1;
  for (const std::uint32_t part : synchronization.parts) {
    gather(part, branches_ > many_combinations, width);
    product *= static_cast<double>(part_rates_.size());
  }
  return product;
}

// Different targets of the synchronization, as of count(): enough to see whether its combinations may fit in all
// states.
template <class Width>
std::vector<std::uint64_t> Successors::some_targets(const Synchronization& synchronization, Width width) {
  constexpr std::size_t enough = 4096;
  std::vector<std::uint64_t> targets(values_.state(), values_.state() + width);
  for (const std::uint32_t part : synchronization.parts) {
    gather(part, true, width);
    const std::size_t before = targets.size() / width;
    if (before * part_changes_.size() > enough) part_changes_.resize(1);
    std::vector<std::uint64_t> next;
    for (std::size_t k = 0; k < before; ++k)
      for (const std::uint64_t* change : part_changes_)
        for (std::size_t w = 0; w < width; ++w) next.push_back(targets[k * width + w] + change[w]);
    targets = std::move(next);
  }
  return targets;
}

void Successors::count_combinations(const std::uint64_t* state, double& total) {
  values_.move_to(state);
  shared_rates_.next_state();
  for (std::size_t t = 0; t < tables_.size(); ++t) look_up(t);
  std::vector<std::uint64_t> targets;
  with_width(width_, [&](auto width) {
    for (const Together& together : together_) {
      if (!possible(*together.synchronization)) continue;
      const double product = count(*together.synchronization, width);
      total += product;
      require_room(*together.synchronization, product, total);
      if (product > many_combinations && !looked_ahead_) targets = some_targets(*together.synchronization, width);
    }
  });
  if (targets.empty()) return;
  looked_ahead_ = true;
  double ahead = 0;
  for (std::size_t k = 0; k < targets.size(); k += width_) count_combinations(&targets[k], ahead);
}

// For the synchronization's combinations in one state, and for the entries of the matrix that there are in all.
void Successors::require_room(const Synchronization& synchronization, double combinations, double total) {
  // Target and rate, with the room that vectors keep; a step; a target that waits to be looked up.
  const double bytes = combinations * (24.0 * static_cast<double>(width_) + 48.0) + 12 * total;
  if (bytes <= static_cast<double>(model_.memory_limit)) return;
  const auto number = [](double x) {
    constexpr double countable = 1e15;
    return x < countable ? with_commas(static_cast<std::size_t>(x)) : fmt::format("{:.2g}", x);
  };
  values_.fail_in_state(
      first_command(synchronization),
      fmt::format("the action [{}] has {} combinations of its modules' alternatives, after {} in other states: that "
                  "takes {:.3g} GiB, and the limit on memory is {},",
                  synchronization.action == no_action ? "" : model_.actions[synchronization.action],
                  number(combinations), number(total - combinations), bytes / gib,
                  describe_memory_limit(model_.memory_limit)),
      Error::Cause::machine);
}

// The transitions from `begin` to `end`, each times every branch that was gathered; returns where the products end.
template <class Width>
std::size_t Successors::combine(std::size_t begin, std::size_t end, Width width) {
  const std::size_t n = part_rates_.size();  // 0 where every rate is 0: no transition is left
  const std::size_t count = end - begin;
  reserve(begin + count * n);
  // From the last, so that what is still to be read is not overwritten.
  for (std::size_t p = n == 0 ? 0 : count; p-- > 0;)
    for (std::size_t b = n; b-- > 0;) {
      const std::size_t from = begin + p;
      const std::size_t to = begin + p * n + b;
      for (std::size_t w = 0; w < width; ++w)
        targets_[to * width + w] = targets_[from * width + w] + part_changes_[b][w];
      rates_[to] = rates_[from] * part_rates_[b];
    }
  return begin + count * n;
}

double Successors::shared_rate(const Branch& branch) {
  const double rate = shared_rates_.rate(branch.shared, values_);
  if (branch.impossible && rate > 0)
    for (const CompiledAssignment& a : shared_rates_.update(branch.shared).assignments) values_.assigned(a);
  return rate;
}

// Room for so many transitions.
void Successors::reserve(std::size_t count) {
  if (count <= rates_.size()) return;
  rates_.resize(2 * count);
  targets_.resize(2 * count * width_);
}

// The first of its commands that is enabled.
Place Successors::first_command(const Synchronization& synchronization) {
  const Source first = sources(synchronization.parts[0])[0];
  const std::vector<std::uint32_t> commands = tables_[first.table].enabled(synchronization.parts[0], values_);
  return model_.commands[commands.empty() ? tables_[first.table].first() : commands[0]].place;
}

void Successors::fail_total(const Synchronization& synchronization, double total) {
  values_.fail_in_state(first_command(synchronization), fmt::format("the product of the rates of [{}] is {}",
                                                                    model_.actions[synchronization.action], total));
}

// The rates of each action's transitions, added up, where it earns.
void Successors::find_action_rates() {
  action_rates_known_ = true;
  std::fill(action_rate_.begin(), action_rate_.end(), 0.0);
  const auto add = [&](std::size_t action, std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) action_rate_[action] += rates_[k];
  };
  for (const Earning& part : earning_) {
    const Choices& own = choices(part.source);
    if (own.first == own.last) continue;  // where its table may not have been looked up
    const std::size_t before = rows_[part.source.table].begin - tables_[part.source.table].local().first;
    add(part.action, before + own.first, before + own.last);
  }
  for (const Together& together : together_)
    if (earns_[slot(together.synchronization->action)])
      add(slot(together.synchronization->action), together.begin, together.end);
}

const std::vector<double>& Successors::action_rates() {
  if (!action_rates_known_) find_action_rates();
  return action_rate_;
}

void Successors::fail_here(const std::string& message) {
  std::size_t t = 0;
  while (t + 1 < tables_.size() && tables_[t].local().enabled == 0) ++t;
  values_.fail_in_state(model_.commands[tables_[t].first()].place, message);
}

}  // namespace steady::detail::prism
