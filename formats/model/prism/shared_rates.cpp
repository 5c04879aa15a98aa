#include "formats/model/prism/shared_rates.hpp"

#include <algorithm>

namespace steady::prism {

SharedRates::SharedRates(const Network& network) {
  std::map<std::vector<std::uint32_t>, std::size_t> table_of;  // by the variables that are read
  for (const NetworkCommand& command : network.commands)
    for (const NetworkUpdate& update : command.updates) {
      if (!update.rate_is_shared) continue;
      const std::vector<std::uint32_t> reads = network.program.reads(update.rate);
      const auto [found, added] = table_of.emplace(reads, tables_.size());
      if (added) {
        std::vector<std::uint64_t> mask(network.words());
        for (const std::uint32_t v : reads) network.packing.cover(mask.data(), v);
        tables_.push_back({LocalStates(mask), 0, {}, 0, 0});
      }
      numbers_.emplace(&update, static_cast<std::uint32_t>(rates_.size()));
      rates_.push_back({&update, found->second, tables_[found->second].columns++});
    }
}

double SharedRates::rate(std::uint32_t number, StateValues& values) {
  const Rate& r = rates_[number];
  Table& table = tables_[r.table];
  if (table.visit != visit_) {
    if (table.states.size() >= limit) {
      table.states.clear();
      table.values.clear();
    }
    table.current = table.states.number(values.state()).first;
    table.values.resize(table.states.size() * table.columns, -1);
    table.visit = visit_;
  }
  double& value = table.values[table.current * table.columns + r.column];
  if (value < 0) value = values.rate(*r.update);
  return value;
}

}  // namespace steady::prism
