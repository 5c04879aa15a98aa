// The lines of CSV and TSV files (RFC 4180), cell by cell: what the readers of tables and of solutions share.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/io/scanner.hpp"

namespace steady::detail {

// Lines of cells. Lines that are blank or begin with # are passed over. A cell is without the spaces around it; one in
// quotes may hold the separator, and quotes as two of them, but no line's end. The text and the path must outlive it.
class DelimitedLines {
 public:
  DelimitedLines(std::string_view path, std::string_view text, char separator)
      : scanner_(path, text), separator_(separator) {}

  // To the next line; false at the end of the text. Throws Error where a quote is not closed.
  bool next();
  // Of the line, at least one; the cells stay what they are when the lines go on.
  std::span<const std::string_view> cells() const { return cells_; }
  // Each throws Error, calling the number by `what`, where the cell is not one number, as a Scanner reads it.
  double number(std::string_view cell, std::string_view what) const;
  std::uint64_t natural(std::string_view cell, std::string_view what) const;
  // In the line.
  const Scanner& scanner() const { return scanner_; }
  // Throws Error "path:line: what".
  [[noreturn]] void fail(const std::string& what) const { scanner_.fail(what); }

 private:
  std::string_view take_quoted(std::string_view& rest);
  template <class Read>
  auto whole(std::string_view cell, std::string_view what, Read read) const;

  Scanner scanner_;
  char separator_;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unquoted_;  // cells in which a quote stood
};

// Whether the cell is a number, be it infinite or none that can be used.
bool is_number(std::string_view cell);

// The separator of a text of this first line: a tab where `tabs`; else what comes first of this list: a semicolon, a
// comma, a tab. A comma where it has none.
char separator_of(std::string_view text, bool tabs);

// Adds a cell, in quotes where it needs them.
void append_cell(std::string& line, std::string_view cell, char separator);

}  // namespace steady::detail
