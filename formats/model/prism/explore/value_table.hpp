// The values of expressions by those of the variables that they read: each is evaluated once.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

class ValueTable {
 public:
  // Nothing where the variables have too many combinations of values.
  static std::optional<ValueTable> of(const CompiledModel& model, std::initializer_list<Entry> expressions) {
    constexpr std::uint64_t most = 4096;
    std::set<std::uint32_t> variables;
    for (const Entry expression : expressions) variables.merge(read_by(model, expression));
    ValueTable table;
    std::uint64_t size = 1;
    for (const std::uint32_t v : variables) {
      const Variable& variable = model.packing.variables()[v];
      const auto count = static_cast<std::uint64_t>(variable.high) - static_cast<std::uint64_t>(variable.low) + 1;
      if (count - 1 >= most || (size *= count) > most) return std::nullopt;
      table.reads_.push_back({v, static_cast<std::uint32_t>(count)});
    }
    table.values_.assign(size, unknown);
    return table;
  }

  // The value where each variable v that is read has the value place(v) above its lowest; evaluate() tells it the first
  // time, and what that throws is not kept.
  template <class Place, class Evaluate>
  double value(Place place, Evaluate evaluate) {
    std::size_t number = 0;
    for (const Read& read : reads_) number = number * read.count + static_cast<std::size_t>(place(read.variable));
    double& value = values_[number];
    if (std::isnan(value)) value = evaluate();
    return value;
  }

  // Calls use(v) for each variable that is read.
  template <class Use>
  void for_each_read(Use use) const {
    for (const Read& read : reads_) use(read.variable);
  }

 private:
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

  struct Read {
    std::uint32_t variable, count;  // of its values
  };

  ValueTable() = default;

  static std::set<std::uint32_t> read_by(const CompiledModel& model, Entry expression) {
    const std::vector<std::uint32_t> variables = model.program.reads(expression);
    return {variables.begin(), variables.end()};
  }

  std::vector<Read> reads_;
  std::vector<double> values_;
};

}  // namespace steady::detail::prism
