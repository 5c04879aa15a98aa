#include "formats/model/table/table.hpp"

#include <fmt/format.h>

#include <steady/error.hpp>

#include "formats/model/table/entries.hpp"

namespace steady::detail::table {

namespace {

[[noreturn]] void fail_as_matrix(const Table& table) {
  throw Error(fmt::format(
      "{}: lines of {} cells, {} of them: neither a square matrix, nor transitions 'from,to,rate' in three columns or "
      "under a header with these words",
      table.path, table.first.size(), table.count));
}

Model read_table(const std::string& path, std::string&& text, const ReadOptions& options, bool tabs) {
  require_text(path, text);
  const Table table(path, text, tabs);
  Model model;
  ReadOptions found = options;
  MatrixFile matrix;
  const TableLayout layout = options.layout ? *options.layout : find_layout(table);
  if (layout == TableLayout::edges) {
    const std::optional<EdgeColumns> columns = edge_columns(table);
    if (!columns)
      throw Error(
          fmt::format("{}: lines of {} cells: a list of transitions has three columns, or a header that calls "
                      "three of them from, to and rate",
                      path, table.first.size()));
    matrix = read_edges(table, *columns, options, model.notes);
    if (!options.kind && !options.rescale) found.kind = columns->kind;
  } else {
    const std::optional<MatrixColumns> columns = matrix_columns(table);
    if (!columns) fail_as_matrix(table);
    matrix = read_matrix(table, *columns, options, model.notes);
  }
  set_chain(path, std::move(matrix), found, model);
  return model;
}

}  // namespace

Model read_csv(const std::string& path, std::string&& text, const ReadOptions& options) {
  return read_table(path, std::move(text), options, false);
}

Model read_tsv(const std::string& path, std::string&& text, const ReadOptions& options) {
  return read_table(path, std::move(text), options, true);
}

}  // namespace steady::detail::table
