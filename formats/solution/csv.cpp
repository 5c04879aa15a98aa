#include "formats/solution/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "formats/solution/lines.hpp"

namespace steady::detail {

void write_csv_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                        const SolutionMark& mark) {
  std::string lines = comment_of(mark) + "state,";
  for (const Variable& variable : chain.states.packing.variables()) lines += variable.name + ',';
  lines += "probability\n";
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    append_number(lines, i);
    lines += ',';
    if (chain.states.named()) {
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

enum class Column { state, passed_over, variable, probability };

struct Columns {
  std::vector<Column> columns;
  std::vector<std::size_t> variable;  // of each column, where it is one
};

std::vector<std::string_view> columns_of(std::string_view header) {
  std::vector<std::string_view> names;
  for (std::size_t begin = 0; begin <= header.size();) {
    const std::size_t end = std::min(header.find(',', begin), header.size());
    std::string_view name = header.substr(begin, end - begin);
    if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
    names.push_back(name);
    begin = end + 1;
  }
  return names;
}

// Of a line such as "state,x,y,probability". pandas puts an index before it, with or without a name, which stands for
// the state where that has no column; the last column, the probability, may have any name but a variable's.
Columns read_header(const Scanner& scanner, const Chain& chain) {
  Columns header;
  const std::vector<Variable>& variables = chain.states.packing.variables();
  const std::vector<std::string_view> names = columns_of(scanner.rest_of_line());
  std::size_t states = names.size();  // the column of them
  for (std::size_t c = 0; c < names.size(); ++c) {
    const std::string_view name = names[c];
    const auto variable =
        std::find_if(variables.begin(), variables.end(), [&](const Variable& v) { return v.name == name; });
    const bool index =
        name.empty() || name.starts_with("Unnamed: ") || (name == "index" && variable == variables.end());
    const bool last = c + 1 == names.size();
    const bool known = variable != variables.end() || name == "state" || index;
    if (last ? known && name != "probability" : !known)
      scanner.fail(fmt::format("the header 'state,...,probability' expected, of which {} is not {}", in_quotes(name),
                               last ? "the last" : "a part"));
    const bool found = states < names.size() && names[states] == "state";  // a variable may have that name, too
    if (!found && (name == "state" || index)) states = c;
    header.variable.push_back(static_cast<std::size_t>(variable - variables.begin()));
    header.columns.push_back(last                          ? Column::probability
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
void read_line(Scanner& scanner, const Columns& header, std::uint64_t line, PartialSolution& solution) {
  std::uint64_t state = line;
  double probability = 0;
  std::vector<std::string_view> cells(header.columns.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c > 0 && !scanner.skip(','))
      scanner.fail(
          fmt::format("',' expected, as the header has {} columns, found {}", cells.size(), scanner.next_in_quotes()));
    if (header.columns[c] == Column::state)
      state = scanner.natural("state");
    else if (header.columns[c] == Column::probability)
      probability = scanner.number("probability");
    else
      cells[c] = scanner.token(",");
  }
  if (scanner.peek() == ',') scanner.fail(fmt::format("the header has {} columns", cells.size()));
  scanner.end_line();
  solution.see(scanner, state);
  const States& states = solution.chain.states;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (header.columns[c] != Column::variable) continue;
    const Variable& variable = states.packing.variables()[header.variable[c]];
    const std::int64_t value = states.value(state, header.variable[c]);
    if (!same(cells[c], variable, value))
      scanner.fail(
          fmt::format("state {}: {} is {} here and {} in the model", state, variable.name, in_quotes(cells[c]), value));
  }
  solution.distribution[state] = probability;
}

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size();
}

// Lines of one column: in the order of the states, with a header or without.
std::vector<double> read_column(Scanner scanner, const Chain& chain) {
  std::vector<double> distribution;
  const std::string_view header = scanner.rest_of_line();
  bool more = is_number(header) || scanner.next_line('#');
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
  Scanner scanner(path, content);
  if (!scanner.next_line('#')) scanner.fail("no header 'state,...,probability'");
  if (scanner.rest_of_line().find(',') == std::string_view::npos) return read_column(scanner, chain);
  const Columns header = read_header(scanner, chain);
  PartialSolution solution(chain);
  for (std::uint64_t line = 0; scanner.next_line('#'); ++line) read_line(scanner, header, line, solution);
  if (solution.count < chain.size())
    scanner.fail(fmt::format("the file ends after {} of {} states", solution.count, chain.size()));
  return std::move(solution.distribution);
}

}  // namespace steady::detail
