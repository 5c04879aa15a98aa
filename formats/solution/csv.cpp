#include "formats/solution/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "formats/base/decimal.hpp"
#include "formats/io/delimited.hpp"
#include "formats/solution/lines.hpp"

namespace steady::detail {

void write_csv_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                        const SolutionMark& mark) {
  std::string lines = comment_of(mark) + "state,";
  const bool names = !chain.states.names.empty();
  if (names) lines += "name,";
  for (const Variable& variable : chain.states.packing.variables()) lines += variable.name + ',';
  lines += "probability\n";
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    append_number(lines, i);
    lines += ',';
    if (names) {
      append_cell(lines, chain.states.names[i], ',');
      lines += ',';
    } else if (chain.states.has_variables()) {
      chain.states.append(lines, i);
      lines += ',';
    }
    append_number(lines, distribution[i]);
    lines += '\n';
    write_when_long(file, lines);
  }
  file.write(lines);
}

namespace {

enum class Column { state, name, passed_over, variable, probability };

struct Columns {
  std::vector<Column> columns;
  std::vector<std::size_t> variable;  // of each column, where it is one
};

// Of a line such as "state,x,y,probability". pandas puts an index before it, with or without a name, which stands for
// the state where that has no column; the last column, the probability, may have any name but a variable's.
Columns read_header(const DelimitedLines& lines, const Chain& chain) {
  Columns header;
  const std::vector<Variable>& variables = chain.states.packing.variables();
  const std::span<const std::string_view> names = lines.cells();
  std::size_t states = names.size();  // the column of them
  for (std::size_t c = 0; c < names.size(); ++c) {
    const std::string_view name = names[c];
    const auto variable =
        std::find_if(variables.begin(), variables.end(), [&](const Variable& v) { return v.name == name; });
    const bool index =
        name.empty() || name.starts_with("Unnamed: ") || (name == "index" && variable == variables.end());
    const bool last = c + 1 == names.size();
    const bool named = name == "name" && !chain.states.names.empty();
    const bool known = variable != variables.end() || name == "state" || named || index;
    if (last ? known && name != "probability" : !known)
      lines.fail(fmt::format("the header 'state,...,probability' expected, of which {} is not {}", in_quotes(name),
                             last ? "the last" : "a part"));
    const bool found = states < names.size() && names[states] == "state";  // a variable may have that name, too
    if (!found && (name == "state" || index)) states = c;
    header.variable.push_back(static_cast<std::size_t>(variable - variables.begin()));
    header.columns.push_back(last                          ? Column::probability
                             : named                       ? Column::name
                             : variable != variables.end() ? Column::variable
                                                           : Column::passed_over);
  }
  if (states < names.size()) header.columns[states] = Column::state;
  return header;
}

// Whether a cell, "True", "-3" or "-3.0", is the value.
bool same(std::string_view cell, const Variable& variable, std::int64_t value) {
  if (variable.boolean && (cell == "true" || cell == "True" || cell == "TRUE")) return value == 1;
  if (variable.boolean && (cell == "false" || cell == "False" || cell == "FALSE")) return value == 0;
  if (cell.ends_with(".0")) cell.remove_suffix(2);
  return cell == fmt::format("{}", value);
}

// A line: the state, whose values have to be the chain's, and its probability.
void read_line(const DelimitedLines& lines, const Columns& header, std::uint64_t line, PartialSolution& solution) {
  const std::span<const std::string_view> cells = lines.cells();
  if (cells.size() != header.columns.size())
    lines.fail(fmt::format("{} cells, but the header has {} columns", cells.size(), header.columns.size()));
  std::uint64_t state = line;
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (header.columns[c] == Column::state) state = lines.natural(cells[c], "state");
  const double probability = lines.number(cells.back(), "probability");
  solution.see(lines.scanner(), state);
  const States& states = solution.chain.states;
  const auto differs = [&](std::string_view what, std::string_view here, std::string_view expected) {
    lines.fail(fmt::format("state {}: {} is {} here and {} in the model", state, what, in_quotes(here), expected));
  };
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (header.columns[c] == Column::name && cells[c] != states.names[state])
      differs("the name", cells[c], in_quotes(states.names[state]));
    if (header.columns[c] != Column::variable) continue;
    const Variable& variable = states.packing.variables()[header.variable[c]];
    const std::int64_t value = states.value(state, header.variable[c]);
    if (!same(cells[c], variable, value)) differs(variable.name, cells[c], fmt::format("{}", value));
  }
  solution.distribution[state] = probability;
}

// Lines of one column: in the order of the states, with a header or without.
std::vector<double> read_column(const std::string& path, const std::string& content, const Chain& chain) {
  Scanner scanner(path, content);
  scanner.next_line('#');
  std::vector<double> distribution;
  const std::string_view header = scanner.rest_of_line();
  bool more = parse_double(header).has_value() || scanner.next_line('#');
  for (; more; more = scanner.next_line('#')) {
    // pandas calls a column without a name 0.
    if (distribution.size() == chain.size() && header == "0" && distribution.front() == 0)
      distribution.erase(distribution.begin());
    if (distribution.size() == chain.size())
      scanner.fail(fmt::format("more than one number for each of the model's {} states", chain.size()));
    distribution.push_back(scanner.number("probability"));
    scanner.end_line();
  }
  if (distribution.size() < chain.size())
    scanner.fail(fmt::format("the file ends after {} of {} states", distribution.size(), chain.size()));
  return distribution;
}

}  // namespace

std::vector<double> read_csv_solution(const std::string& path, const std::string& content, const Chain& chain) {
  require_text(path, content);
  DelimitedLines lines(path, content, ',');
  if (!lines.next()) lines.fail("no header 'state,...,probability'");
  if (lines.cells().size() == 1) return read_column(path, content, chain);
  const Columns header = read_header(lines, chain);
  PartialSolution solution(chain);
  for (std::uint64_t line = 0; lines.next(); ++line) read_line(lines, header, line, solution);
  if (solution.count < chain.size())
    lines.fail(fmt::format("the file ends after {} of {} states", solution.count, chain.size()));
  return std::move(solution.distribution);
}

}  // namespace steady::detail
