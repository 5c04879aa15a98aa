// What the lines of a CSV or TSV file are: a list of transitions, or a matrix.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/model.hpp>

#include "formats/io/delimited.hpp"

namespace steady::detail::table {

// A table, and its first line.
struct Table {
  Table(const std::string& path, std::string_view text, bool tabs);  // throws Error where lines differ in width

  DelimitedLines lines() const { return {path, text, separator}; }
  // The lines behind the header.
  DelimitedLines rows(bool header) const;

  const std::string& path;
  std::string_view text;
  char separator;
  std::vector<std::string> first;  // cells; as many in every line
  std::size_t count = 0;           // of lines
};

// Where a list of transitions has what.
struct EdgeColumns {
  bool header = false;
  std::size_t from = 0, to = 1, value = 2;
  bool known = false;             // the header says so
  std::optional<Kind> kind = {};  // likewise
};

// Where a matrix has its numbers.
struct MatrixColumns {
  bool header = false;  // the names of the states
  bool index = false;   // a column before them, with names or numbers of the rows

  std::size_t states(const Table& table) const { return table.first.size() - (index ? 1 : 0); }
};

// Nothing where a table cannot be one by its columns; what its cells are is not looked at, but in the first line.
std::optional<EdgeColumns> edge_columns(const Table& table);
std::optional<MatrixColumns> matrix_columns(const Table& table);

// What the table is, where nobody says so: a list of transitions by its header, or where it has three columns and is no
// matrix; else a matrix. Throws Error where it can be both.
TableLayout find_layout(const Table& table);

}  // namespace steady::detail::table
