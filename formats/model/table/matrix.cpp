// A matrix, row by row.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "formats/model/explicit_chain.hpp"
#include "formats/model/table/entries.hpp"

namespace steady::detail::table {

namespace {

// Whose row comes next, where rows have names: those of the columns, in any order; else names of their own, or 0, 1, 2,
// ... or 1, 2, 3, ..., as programs number rows.
class RowOrder {
 public:
  RowOrder(const DelimitedLines& at, std::span<const std::string> columns) {
    for (const std::string& name : columns)
      if (!numbers_.try_emplace(name, static_cast<State>(numbers_.size())).second)
        at.fail(fmt::format("two columns are called {}", in_quotes(name)));
    seen_.resize(columns.size());
  }

  State next(const DelimitedLines& at, std::string_view name) {
    const auto found = numbers_.find(std::string(name));
    if (rows_ == 0) {
      counted_ = found == numbers_.end() && (name == "0" || name == "1");
      first_ = name == "1" ? 1 : 0;
    }
    const std::size_t row = rows_++;
    if (counted_ && name == std::to_string(row + first_)) return static_cast<State>(row);
    if (found == numbers_.end()) at.fail(fmt::format("the row {} has the name of no column", in_quotes(name)));
    if (seen_[found->second]) at.fail(fmt::format("the row {} for the second time", in_quotes(name)));
    seen_[found->second] = true;
    return found->second;
  }

 private:
  std::unordered_map<std::string, State> numbers_;
  std::vector<bool> seen_;
  std::size_t rows_ = 0;
  bool counted_ = false;
  std::size_t first_ = 0;
};

// None where they are 0, 1, 2, ...
std::vector<std::string> kept(std::vector<std::string> names) {
  std::size_t next = 0;
  const bool counted =
      std::all_of(names.begin(), names.end(), [&](const std::string& name) { return name == std::to_string(next++); });
  return counted ? std::vector<std::string>{} : names;
}

// Of rows without a header.
std::vector<std::string> names_of_rows(const Table& table) {
  std::vector<std::string> names;
  DelimitedLines rows = table.lines();
  while (rows.next()) names.emplace_back(rows.cells()[0]);
  return names;
}

}  // namespace

MatrixFile read_matrix(const Table& table, const MatrixColumns& columns, const ReadOptions& options,
                       std::vector<std::string>& notes) {
  const std::size_t n = columns.states(table);
  DelimitedLines rows = table.rows(columns.header);
  require_states(rows.scanner(), n);
  require_memory_for(table.path, n, n * n, options.memory_limit);
  std::vector<std::string> names;
  if (columns.header) names.assign(table.first.begin() + (columns.index ? 1 : 0), table.first.end());
  if (columns.index && !columns.header) names = names_of_rows(table);
  RowOrder order(rows, names);
  Entries entries(table, options);
  std::size_t empty = 0;
  for (State line = 0; rows.next(); ++line) {
    const State row = columns.index ? order.next(rows, rows.cells()[0]) : line;
    const std::span<const std::string_view> cells = rows.cells().subspan(columns.index ? 1 : 0);
    for (State column = 0; column < n; ++column) {
      empty += cells[column].empty() ? 1 : 0;
      if (cells[column].empty() || cells[column] == "0") continue;
      const auto [from, to] = options.transposed ? std::pair(column, row) : std::pair(row, column);
      entries.add(rows, from, to, cells[column]);
    }
  }
  if (empty > 0) notes.push_back(fmt::format("{} cell{} empty: no transition", empty, empty == 1 ? " is" : "s are"));
  MatrixFile file = std::move(entries).matrix(n, notes);
  file.transposed = options.transposed;
  file.names = kept(std::move(names));
  return file;
}

}  // namespace steady::detail::table
