#include "formats/model/prism/successors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "formats/model/prism/state_set.hpp"
#include "formats/relative_error.hpp"

namespace steady::prism {

namespace {

constexpr std::size_t most_local_states = 1 << 13;  // of a table: beyond that a look-up waits for the memory
constexpr std::size_t fused_bits = 10;              // tables of neighbours with so few bits become one

std::size_t bits(const std::vector<std::uint64_t>& mask) {
  std::size_t count = 0;
  for (const std::uint64_t word : mask) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

}  // namespace

Successors::Successors(const Network& network)
    : network_(network),
      width_(network.words()),
      limit_(std::clamp<std::size_t>((std::size_t{1} << 18) / (network.commands.size() + 1), 64, most_local_states)),
      values_(network),
      shared_rates_(network),
      action_rate_(network.actions.size() + 1) {
  make_tables();
  for (const NetworkEvent& event : network.events) {
    parts_of_.push_back(0);
    for (const std::uint32_t part : event.parts) parts_of_.back() |= bit_of(part);
  }
}

// A table a module to begin with, and one for modules in a row that have few local states together.
void Successors::make_tables() {
  const std::vector<NetworkCommand>& commands = network_.commands;
  const auto module = [&](std::size_t c) { return network_.parts[commands[c].part].module; };
  for (std::size_t first = 0; first < commands.size();) {
    std::size_t last = first + 1;
    while (last < commands.size() && module(last) == module(first)) ++last;
    CommandTable table(network_, shared_rates_, first, last);
    if (!tables_.empty()) {
      CommandTable both(network_, shared_rates_, tables_.back().first(), last);
      if (both.bits() <= fused_bits) {
        tables_.pop_back();
        table = std::move(both);
      }
    }
    tables_.push_back(std::move(table));
    first = last;
  }
  find_sources();
}

void Successors::find_sources() {
  rows_.resize(tables_.size());
  std::vector<std::vector<Source>> of_part(network_.parts.size());
  for (std::uint32_t t = 0; t < tables_.size(); ++t)
    for (std::uint32_t k = 0; k < tables_[t].parts().size(); ++k) of_part[tables_[t].parts()[k]].push_back({t, k});
  sources_.clear();
  source_start_.assign(1, 0);
  for (const std::vector<Source>& own : of_part) {
    sources_.insert(sources_.end(), own.begin(), own.end());
    source_start_.push_back(static_cast<std::uint32_t>(sources_.size()));
  }
}

// The state's rows; returns the bits of the parts that may have an enabled command.
std::uint64_t Successors::look_up() {
  std::uint64_t open = 0;
  for (std::size_t t = 0; t < tables_.size();) {
    if (tables_[t].look_up(values_, limit_)) {
      rows_[t] = {tables_[t].row(), tables_[t].branches(), tables_[t].changes()};
      open |= tables_[t].open();
      ++t;
    } else if (tables_[t].last() - tables_[t].first() > 1) {
      split(t);
    } else {
      tables_[t].clear();
    }
  }
  return open;
}

// Into two tables of commands in a row that have the fewest bits together.
void Successors::split(std::size_t t) {
  const std::size_t first = tables_[t].first();
  const std::size_t last = tables_[t].last();
  std::vector<std::vector<std::uint64_t>> masks;
  for (std::size_t c = first; c < last; ++c) masks.push_back(bits_read(network_, network_.commands[c]));
  const auto running = [&](auto begin, auto end) {
    std::vector<std::size_t> count;
    std::vector<std::uint64_t> all(width_);
    for (auto mask = begin; mask != end; ++mask) {
      for (std::size_t w = 0; w < width_; ++w) all[w] |= (*mask)[w];
      count.push_back(bits(all));
    }
    return count;
  };
  const std::vector<std::size_t> before = running(masks.begin(), masks.end());
  const std::vector<std::size_t> behind = running(masks.rbegin(), masks.rend());
  const std::size_t n = masks.size();
  std::size_t cut = n / 2;
  const auto cost = [&](std::size_t k) { return before[k - 1] + behind[n - k - 1]; };
  for (std::size_t k = 1; k < n; ++k)
    if (cost(k) < cost(cut)) cut = k;
  tables_[t] = CommandTable(network_, shared_rates_, first, first + cut);
  tables_.insert(tables_.begin() + static_cast<std::ptrdiff_t>(t) + 1,
                 CommandTable(network_, shared_rates_, first + cut, last));
  find_sources();
}

void Successors::expand(const std::uint64_t* state) {
  count_ = 0;
  std::fill(action_rate_.begin(), action_rate_.end(), 0.0);
  choices_ = 0;
  values_.move_to(state);
  shared_rates_.next_state();
  const std::uint64_t open = look_up();
  with_width(width_, [&](auto width) {
    for (std::size_t e = 0; e < parts_of_.size(); ++e)
      if ((parts_of_[e] & ~open) == 0) take(network_.events[e], width);
  });
  if (network_.kind == Kind::dtmc && choices_ > 1) {
    for (std::size_t k = 0; k < count_; ++k) rates_[k] /= choices_;
    for (double& rate : action_rate_) rate /= choices_;
  }
}

// The event's transitions: the product of its parts' branches.
template <class Width>
void Successors::take(const NetworkEvent& event, Width width) {
  if (event.parts.size() == 1) return take_alone(event, width);
  if (!possible(event)) return;
  const std::size_t begin = count_;
  std::size_t end = add(event.parts[0], begin, width);
  for (std::size_t k = 1; k < event.parts.size(); ++k) end = combine(begin, end, event.parts[k], width);
  count_ = end;
  count_total(event, begin);
}

// An event of one part.
template <class Width>
void Successors::take_alone(const NetworkEvent& event, Width width) {
  const std::uint32_t part = event.parts[0];
  std::uint32_t enabled = 0;
  for (const Source& source : sources(part)) {
    if (choices(source).guard_fails) tables_[source.table].fail(source.part, values_);
    enabled += choices(source).enabled;
  }
  choices_ += enabled;
  const std::size_t begin = count_;
  count_ = add(part, begin, width);
  count_total(event, begin);
}

// Adds the event's transitions, from `begin` on, to its action's rate.
void Successors::count_total(const NetworkEvent& event, std::size_t begin) {
  double& total = event.action == no_action ? action_rate_.back() : action_rate_[event.action];
  double sum = total;
  for (std::size_t k = begin; k < count_; ++k) sum += rates_[k];
  total = sum;
  if (event.action != no_action && !(sum <= std::numeric_limits<double>::max())) fail_total(event, sum);
}

void Successors::fail_total(const NetworkEvent& event, double total) {
  const Source first = sources(event.parts[0])[0];
  const std::vector<std::uint32_t> commands = tables_[first.table].enabled(event.parts[0], values_);
  const NetworkCommand& command = network_.commands[commands.empty() ? tables_[first.table].first() : commands[0]];
  values_.fail_in_state(command.place,
                        fmt::format("the product of the rates of [{}] is {}", network_.actions[event.action], total));
}

// Room for so many transitions; returns their number.
std::size_t Successors::reserve(std::size_t count) {
  if (count > rates_.size()) {
    rates_.resize(2 * count);
    targets_.resize(2 * count * width_);
  }
  return count;
}

// The part's branches as transitions from `end` on; returns where they end.
template <class Width>
std::size_t Successors::add(std::uint32_t part, std::size_t end, Width width) {
  std::size_t most = end;
  for (const Source& source : sources(part)) most += choices(source).last - choices(source).first;
  reserve(most);
  const std::uint64_t* state = values_.state();
  std::uint64_t* targets = targets_.data();
  double* rates = rates_.data();
  for_each_branch(part, [&](double rate, const std::uint64_t* change) {
    for (std::size_t w = 0; w < width; ++w) targets[end * width + w] = state[w] + change[w];
    rates[end++] = rate;
  });
  return end;
}

// Whether every part has an enabled command; counts their combinations.
bool Successors::possible(const NetworkEvent& event) {
  double combinations = 1;
  for (const std::uint32_t part : event.parts) {
    std::uint32_t enabled = 0;
    for (const Source& source : sources(part)) {
      if (choices(source).guard_fails) tables_[source.table].fail(source.part, values_);
      enabled += choices(source).enabled;
    }
    if (enabled == 0) return false;
    combinations *= enabled;
  }
  choices_ += combinations;
  return true;
}

// Calls use(rate, change) for the branches of the part's enabled commands that have a positive rate.
template <class Use>
inline void Successors::for_each_branch(std::uint32_t part, Use use) {
  for (const Source& source : sources(part)) {
    const Row& row = rows_[source.table];
    const Choices found = row.choices[source.part];
    if (found.branch_fails) tables_[source.table].fail(source.part, values_);
    rescaled_ = rescaled_ || found.rescaled;
    for (std::uint32_t b = found.first; b < found.last; ++b) {
      const Branch& branch = row.branches[b];
      double rate = branch.rate;
      if (branch.shared != SharedRates::own) {
        rate = shared_rates_.rate(branch.shared, values_);
        if (rate == 0) continue;
        if (branch.impossible)
          for (const NetworkAssignment& a : shared_rates_.update(branch.shared).assignments) values_.assigned(a);
      }
      use(rate, row.changes + b * width_);
    }
  }
}

// The transitions from `begin` to `end`, each times every branch of the part; returns where the products end.
template <class Width>
std::size_t Successors::combine(std::size_t begin, std::size_t end, std::uint32_t part, Width width) {
  part_rates_.clear();
  part_changes_.clear();
  for_each_branch(part, [&](double rate, const std::uint64_t* change) {
    part_rates_.push_back(rate);
    part_changes_.push_back(change);
  });
  const std::size_t n = part_rates_.size();  // 0 where every rate is 0: no transition is left
  const std::size_t count = end - begin;
  const std::size_t new_end = reserve(begin + count * n);
  // From the last, so that what is still to be read is not overwritten.
  for (std::size_t p = n == 0 ? 0 : count; p-- > 0;)
    for (std::size_t b = n; b-- > 0;) {
      const std::size_t from = begin + p;
      const std::size_t to = begin + p * n + b;
      for (std::size_t w = 0; w < width; ++w)
        targets_[to * width + w] = targets_[from * width + w] + part_changes_[b][w];
      rates_[to] = rates_[from] * part_rates_[b];
    }
  return new_end;
}

// Of the rates, or probabilities, of the part's enabled commands; lowers `least` to the smallest of them.
double Successors::part_error(std::uint32_t part, double& least) {
  double error = 0;
  const auto look_at = [&](const Interval& exact, double rate) {
    if (rate == 0 && exact.low == 0 && exact.high == 0) return;
    error = std::max(error, relative_error(exact, rate));
    least = std::min(least, rate);
  };
  for (const Source& source : sources(part)) {
    if (choices(source).enabled == 0) continue;
    for (const std::uint32_t c : tables_[source.table].enabled(part, values_)) {
      const std::vector<NetworkUpdate>& updates = network_.commands[c].updates;
      double sum = 0;
      Interval exact_sum;
      for (const NetworkUpdate& update : updates) {
        sum += values_.rate(update);
        exact_sum = exact_sum + values_.enclosed(update.rate);
      }
      const bool divided = network_.kind == Kind::dtmc && sum != 1;  // as CommandTable does
      for (const NetworkUpdate& update : updates) {
        const Interval exact = values_.enclosed(update.rate);
        look_at(network_.kind == Kind::dtmc ? exact / exact_sum : exact, values_.rate(update) / (divided ? sum : 1));
      }
    }
  }
  return error;
}

double Successors::rate_error() {
  constexpr double smallest_exact_product = 0x1p-1000;  // below it products lose digits
  double worst = 0;
  for (const NetworkEvent& event : network_.events) {
    const auto enabled = [&](std::uint32_t part) {
      const auto own = sources(part);
      return std::any_of(own.begin(), own.end(), [&](const Source& source) { return choices(source).enabled > 0; });
    };
    if (!std::all_of(event.parts.begin(), event.parts.end(), enabled)) continue;
    double error = 0, product = 1;
    for (const std::uint32_t part : event.parts) {
      double least = INFINITY;
      const double own = part_error(part, least);
      error = part == event.parts.front() ? own : compounded(compounded(error, own), half_unit);
      product *= std::min(least, 1.0);
    }
    worst = std::max(worst, product < smallest_exact_product ? INFINITY : error);
  }
  return network_.kind == Kind::dtmc && choices_ > 1 ? compounded(worst, half_unit) : worst;
}

double Successors::reward(std::size_t r) {
  double total = 0;
  for (const NetworkRewardItem& item : network_.rewards[r].items) {
    const double rate = !item.transition           ? 1
                        : item.action == no_action ? action_rate_.back()
                                                   : action_rate_[item.action];
    if (rate == 0 || !values_.holds(item.guard)) continue;
    const double value = values_.evaluate(item.value);
    if (!std::isfinite(value)) values_.fail_in_state(item.place, fmt::format("the reward is {}", value));
    total += rate * value;
  }
  return total;
}

}  // namespace steady::prism
