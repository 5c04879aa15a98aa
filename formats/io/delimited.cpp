#include "formats/io/delimited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace steady::detail {

namespace {

bool is_passed_over(std::string_view line) {
  return line.starts_with('#') || line.find_first_not_of(" \t") == std::string_view::npos;
}

std::string_view trimmed_cell(std::string_view cell, char separator) {
  const auto space = [&](char c) { return c != separator && (c == ' ' || c == '\t'); };
  while (!cell.empty() && space(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && space(cell.back())) cell.remove_suffix(1);
  return cell;
}

}  // namespace

bool DelimitedLines::next() {
  for (;;) {
    const std::optional<std::string_view> line = scanner_.whole_line();
    if (!line) return false;
    if (is_passed_over(*line)) continue;
    cells_.clear();
    std::string_view rest = *line;
    for (bool more = true; more;) {
      const std::string_view begun = trimmed_cell(rest, separator_);
      if (begun.starts_with('"')) {
        rest = begun.substr(1);
        cells_.push_back(take_quoted(rest));
        rest = trimmed_cell(rest, separator_);
        if (!rest.empty() && rest.front() != separator_) fail(fmt::format("{} behind a closed quote", in_quotes(rest)));
      } else {
        const std::size_t end = std::min(rest.find(separator_), rest.size());
        cells_.push_back(trimmed_cell(rest.substr(0, end), separator_));
        rest.remove_prefix(end);
      }
      more = !rest.empty();
      if (more) rest.remove_prefix(1);
    }
    return true;
  }
}

// What stands before the closing quote; `rest` then begins behind that.
std::string_view DelimitedLines::take_quoted(std::string_view& rest) {
  std::string text;
  bool doubled = false;
  for (;;) {
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos) fail("a quote is not closed in its line");
    const std::string_view part = rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    const bool more = rest.starts_with('"');
    if (!more && !doubled) return part;
    text += part;
    if (!more) return unquoted_.emplace_back(std::move(text));
    text += '"';
    rest.remove_prefix(1);
    doubled = true;
  }
}

template <class Read>
auto DelimitedLines::whole(std::string_view cell, std::string_view what, Read read) const {
  if (cell.empty()) fail(fmt::format("{} expected, found an empty cell", what));
  Scanner within = scanner_.within(cell);
  const auto value = read(within);
  within.end_number(what);
  if (!within.at_line_end()) fail(fmt::format("{} expected, found {}", what, in_quotes(cell)));
  return value;
}

double DelimitedLines::number(std::string_view cell, std::string_view what) const {
  return whole(cell, what, [&](Scanner& within) { return within.number(what); });
}

std::uint64_t DelimitedLines::natural(std::string_view cell, std::string_view what) const {
  return whole(cell, what, [&](Scanner& within) { return within.natural(what); });
}

bool is_number(std::string_view cell) {
  if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return problem != std::errc::invalid_argument && end == cell.data() + cell.size();
}

char separator_of(std::string_view text, bool tabs) {
  if (tabs) return '\t';
  Scanner scanner("", text);
  std::optional<std::string_view> first = scanner.whole_line();
  while (first && is_passed_over(*first)) first = scanner.whole_line();
  bool quoted = false, comma = false, tab = false;
  for (const char c : first.value_or("")) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ';') return ';';
    comma = comma || c == ',';
    tab = tab || c == '\t';
  }
  return tab && !comma ? '\t' : ',';
}

void append_cell(std::string& line, std::string_view cell, char separator) {
  const bool plain = !cell.empty() && cell.find_first_of("\"#") == std::string_view::npos &&
                     cell.find(separator) == std::string_view::npos && trimmed_cell(cell, '\n').size() == cell.size();
  if (plain) return void(line += cell);
  line += '"';
  for (const char c : cell) line += c == '"' ? "\"\"" : std::string(1, c);
  line += '"';
}

}  // namespace steady::detail
