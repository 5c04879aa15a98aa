#include "formats/model/prism/explore/shared_rates.hpp"

#include <algorithm>

namespace steady::detail::prism {

SharedRates::SharedRates(const CompiledModel& model) {
  std::map<std::vector<std::uint32_t>, std::size_t> table_of;  // by the variables that are read
  for (const CompiledCommand& command : model.commands)
    for (const CompiledUpdate& update : command.updates) {
      if (!update.rate_is_shared) continue;
      const std::vector<std::uint32_t> reads = model.program.reads(update.rate);
      const auto [found, added] = table_of.emplace(reads, tables_.size());
      if (added) {
        std::vector<std::uint64_t> mask(model.words());
        for (const std::uint32_t v : reads) model.packing.cover(mask.data(), v);
        tables_.push_back({LocalStates(mask), 0, {}, 0, 0});
      }
      numbers_.emplace(&update, static_cast<std::uint32_t>(rates_.size()));
      rates_.push_back({&update, found->second, tables_[found->second].columns++});
    }
}

void SharedRates::look_up(Table& table, const StateValues& values) {
  if (table.states.size() >= limit) {
    table.states.clear();
    table.values.clear();
  }
  const auto [number, added] = table.states.number(values.state());
  if (added) table.values.resize(table.states.size() * table.columns, -1);
  table.current = number;
  table.visit = visit_;
}

}  // namespace steady::detail::prism
