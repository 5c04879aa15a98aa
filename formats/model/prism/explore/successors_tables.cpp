// Which tables the commands of a model are looked up in.
#include <algorithm>
#include <bit>
#include <utility>

#include "formats/model/prism/explore/successors.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t fused_bits = 10;  // tables of neighbours with so few bits become one

std::size_t bits(const std::vector<std::uint64_t>& mask) {
  std::size_t count = 0;
  for (const std::uint64_t word : mask) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

}  // namespace

// A table a module and priority to begin with, and one for neighbours that have few local states together.
void Successors::make_tables() {
  const std::vector<CompiledCommand>& commands = model_.commands;
  const auto table_of = [&](std::size_t c) {
    return std::pair(model_.parts[commands[c].part].module, commands[c].priority);
  };
  for (std::size_t first = 0; first < commands.size();) {
    std::size_t last = first + 1;
    while (last < commands.size() && table_of(last) == table_of(first)) ++last;
    CommandTable table(model_, shared_rates_, first, last);
    if (!tables_.empty() && priority(tables_.size() - 1) == commands[first].priority) {
      CommandTable both(model_, shared_rates_, tables_.back().first(), last);
      if (both.bits() <= fused_bits) {
        tables_.pop_back();
        table = std::move(both);
      }
    }
    tables_.push_back(std::move(table));
    first = last;
  }
  std::stable_sort(tables_.begin(), tables_.end(), [&](const CommandTable& a, const CommandTable& b) {
    return commands[a.first()].priority > commands[b.first()].priority;
  });
  no_choices_.resize(model_.parts.size());
  find_sources();
}

void Successors::find_sources() {
  rows_.resize(tables_.size());
  std::vector<std::vector<Source>> of_part(model_.parts.size());
  for (std::uint32_t t = 0; t < tables_.size(); ++t)
    for (std::uint32_t k = 0; k < tables_[t].parts().size(); ++k) of_part[tables_[t].parts()[k]].push_back({t, k});
  sources_.clear();
  source_start_.assign(1, 0);
  for (const std::vector<Source>& own : of_part) {
    sources_.insert(sources_.end(), own.begin(), own.end());
    source_start_.push_back(static_cast<std::uint32_t>(sources_.size()));
  }
  find_earning();
}

void Successors::find_earning() {
  std::vector<std::size_t> action(model_.parts.size());
  for (const Synchronization& synchronization : model_.synchronizations)
    action[synchronization.parts[0]] = slot(synchronization.action);
  earning_.clear();
  for (std::uint32_t t = 0; t < tables_.size(); ++t)
    for (std::uint32_t k = 0; k < tables_[t].parts_alone(); ++k)
      if (const std::size_t own = action[tables_[t].parts()[k]]; earns_[own]) earning_.push_back({{t, k}, own});
}

void Successors::find_synchronizations() {
  earns_.resize(model_.actions.size() + 1);
  for (const CompiledReward& reward : model_.rewards)
    for (const CompiledRewardItem& item : reward.items)
      if (item.transition) earns_[slot(item.action)] = true;
  for (const Synchronization& synchronization : model_.synchronizations) {
    if (model_.parts[synchronization.parts[0]].alone) continue;
    std::uint64_t parts = 0;
    for (const std::uint32_t part : synchronization.parts) parts |= bit_of(part);
    together_.push_back({&synchronization, parts, 0, 0});
  }
}

// Into two tables of commands in a row that have the fewest bits together.
void Successors::split(std::size_t t) {
  const std::size_t first = tables_[t].first();
  const std::size_t last = tables_[t].last();
  std::vector<std::vector<std::uint64_t>> masks;
  for (std::size_t c = first; c < last; ++c) masks.push_back(bits_read(model_, model_.commands[c]));
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
  tables_[t] = CommandTable(model_, shared_rates_, first, first + cut);
  tables_.insert(tables_.begin() + static_cast<std::ptrdiff_t>(t) + 1,
                 CommandTable(model_, shared_rates_, first + cut, last));
  find_sources();
}

}  // namespace steady::detail::prism
