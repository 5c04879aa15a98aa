#include "formats/model/table/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <steady/error.hpp>

namespace steady::detail::table {

namespace {

enum class Role { from, to, value, rate, probability };

struct Title {
  std::string_view name;
  Role role;
};

constexpr std::array<Title, 15> titles = {{
    {"from", Role::from},
    {"source", Role::from},
    {"src", Role::from},
    {"to", Role::to},
    {"target", Role::to},
    {"destination", Role::to},
    {"dst", Role::to},
    {"value", Role::value},
    {"weight", Role::value},
    {"rate", Role::rate},
    {"rates", Role::rate},
    {"probability", Role::probability},
    {"probabilities", Role::probability},
    {"prob", Role::probability},
    {"p", Role::probability},
}};

std::optional<Role> role_of(std::string_view cell) {
  std::string name(cell);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  const auto found = std::find_if(titles.begin(), titles.end(), [&](const Title& title) { return title.name == name; });
  if (found == titles.end()) return std::nullopt;
  return found->role;
}

// pandas' column of row numbers.
bool is_index(std::string_view title) { return title.empty() || title.starts_with("Unnamed: "); }

// The columns by a header that names all three of them; nothing where it does not.
std::optional<EdgeColumns> columns_of_titles(const std::vector<std::string>& header) {
  std::optional<std::size_t> from, to, value;
  EdgeColumns columns{.header = true, .known = true};
  for (std::size_t c = 0; c < header.size(); ++c) {
    const std::optional<Role> role = role_of(header[c]);
    if (!role && c == 0 && is_index(header[c])) continue;
    if (!role) return std::nullopt;
    std::optional<std::size_t>& place = *role == Role::from ? from : *role == Role::to ? to : value;
    if (place) return std::nullopt;
    place = c;
    if (*role == Role::rate) columns.kind = Kind::ctmc;
    if (*role == Role::probability) columns.kind = Kind::dtmc;
  }
  if (!from || !to || !value) return std::nullopt;
  columns.from = *from;
  columns.to = *to;
  columns.value = *value;
  return columns;
}

bool is_natural(std::string_view cell) {
  return !cell.empty() && cell.find_first_not_of("0123456789") == std::string_view::npos;
}

// 0, 1, 2, ... or 1, 2, 3, ...
bool counts(const std::vector<std::string>& cells) {
  for (const std::size_t first : {0, 1}) {
    std::size_t next = first;
    if (std::all_of(cells.begin(), cells.end(), [&](const std::string& c) { return c == std::to_string(next++); }))
      return true;
  }
  return false;
}

// Whether the cells of the columns from and to may be states: numbers of them, or words.
bool fits_edges(const Table& table) {
  const std::optional<EdgeColumns> columns = edge_columns(table);
  if (!columns) return false;
  DelimitedLines rows = table.rows(columns->header);
  while (rows.next()) {
    const auto may_be_state = [](std::string_view c) { return is_natural(c) || (!c.empty() && !is_number(c)); };
    if (!may_be_state(rows.cells()[0]) || !may_be_state(rows.cells()[1]) || !is_number(rows.cells()[2])) return false;
  }
  return true;
}

// Whether all cells are numbers, and rows with a name have that of a column.
bool fits_matrix(const Table& table) {
  const std::optional<MatrixColumns> columns = matrix_columns(table);
  if (!columns) return false;
  DelimitedLines rows = table.rows(columns->header);
  while (rows.next()) {
    const std::span<const std::string_view> cells = rows.cells().subspan(columns->index ? 1 : 0);
    if (!std::all_of(cells.begin(), cells.end(), [](std::string_view c) { return c.empty() || is_number(c); }))
      return false;
    if (!columns->index) continue;
    const std::string_view name = rows.cells()[0];
    const bool of_column = std::find(table.first.begin() + 1, table.first.end(), name) != table.first.end();
    if (columns->header ? !of_column && !is_natural(name) : is_number(name)) return false;
  }
  return true;
}

}  // namespace

Table::Table(const std::string& of, std::string_view content, bool tabs)
    : path(of), text(content), separator(separator_of(content, tabs)) {
  DelimitedLines all = lines();
  for (; all.next(); ++count) {
    if (count == 0) first.assign(all.cells().begin(), all.cells().end());
    if (all.cells().size() != first.size())
      all.fail(fmt::format("{} cells, but the first line has {}", all.cells().size(), first.size()));
  }
  if (count == 0) all.fail("an empty table");
}

DelimitedLines Table::rows(bool header) const {
  DelimitedLines rows = lines();
  if (header) rows.next();
  return rows;
}

std::optional<EdgeColumns> edge_columns(const Table& table) {
  if (const auto known = columns_of_titles(table.first)) return known;
  if (table.first.size() != 3 || table.first[0].empty()) return std::nullopt;
  return EdgeColumns{.header = !is_number(table.first.back())};
}

std::optional<MatrixColumns> matrix_columns(const Table& table) {
  const std::vector<std::string>& first = table.first;
  const std::size_t width = first.size();
  const bool words = !std::all_of(first.begin(), first.end(), [](const std::string& c) { return is_number(c); });
  if (table.count == width) return MatrixColumns{.header = words, .index = words};
  if (table.count + 1 == width && !is_number(first[0])) return MatrixColumns{.index = true};
  if (table.count == width + 1 && !first[0].empty() && (words || counts(first))) return MatrixColumns{.header = true};
  return std::nullopt;
}

TableLayout find_layout(const Table& table) {
  if (columns_of_titles(table.first)) return TableLayout::edges;
  if (!edge_columns(table)) return TableLayout::matrix;
  if (!fits_matrix(table)) return TableLayout::edges;
  if (!fits_edges(table)) return TableLayout::matrix;
  throw Error(fmt::format(
      "{}: it can be a matrix of {} states or a list of {} transitions 'from, to, rate': --layout matrix or --layout "
      "edges says which, as does a header 'from,to,rate'",
      table.path, matrix_columns(table)->states(table), table.count - (edge_columns(table)->header ? 1 : 0)));
}

}  // namespace steady::detail::table
