// Rates that depend on more than their command does, such as a speed that all modules share. Each is kept by the values
// of the variables that it reads; rates that read the same variables are looked up together, once a state.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "formats/model/prism/explore/local_states.hpp"
#include "formats/model/prism/explore/state_values.hpp"

namespace steady::detail::prism {

class SharedRates {
 public:
  explicit SharedRates(const CompiledModel& model);

  // The number of the update's rate, or `own`: one that reads nothing but what its command reads.
  static constexpr std::uint32_t own = 0xFFFFFFFF;
  std::uint32_t number(const CompiledUpdate& update) const {
    const auto found = numbers_.find(&update);
    return found == numbers_.end() ? own : found->second;
  }
  const CompiledUpdate& update(std::uint32_t number) const { return *rates_[number].update; }

  // What is looked up from now on is another state's.
  void next_state() { ++visit_; }
  double rate(std::uint32_t number, StateValues& values) {
    const Rate& r = rates_[number];
    Table& table = tables_[r.table];
    if (table.visit != visit_) look_up(table, values);
    double& value = table.values[table.current * table.columns + r.column];
    if (value < 0) value = values.rate(*r.update);
    return value;
  }

 private:
  static constexpr std::size_t limit = 1 << 14;  // local states kept

  struct Rate {
    const CompiledUpdate* update;
    std::size_t table, column;
  };
  struct Table {
    LocalStates states;
    std::size_t columns;
    std::vector<double> values;  // by local state, then column; negative: not yet known
    std::uint64_t visit;         // when `current` was looked up
    std::uint32_t current;
  };

  void look_up(Table& table, const StateValues& values);

  std::map<const CompiledUpdate*, std::uint32_t> numbers_;
  std::vector<Rate> rates_;
  std::vector<Table> tables_;
  std::uint64_t visit_ = 0;
};

}  // namespace steady::detail::prism
