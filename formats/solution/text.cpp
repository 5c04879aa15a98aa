#include "formats/solution/text.hpp"

#include <fmt/format.h>

#include "formats/solution/lines.hpp"

namespace steady::detail {

void write_text_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                         const SolutionMark& mark) {
  std::string lines = comment_of(mark);
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    append_number(lines, i);
    lines += ":(";
    chain.states.append(lines, i);
    lines += ")=";
    append_number(lines, distribution[i]);
    lines += '\n';
    write_when_long(file, lines);
  }
  file.write(lines);
}

namespace {

void write_numbers(ReplacedFile& file, std::string&& lines, const std::vector<double>& distribution,
                   std::string_view end) {
  for (const double p : distribution) {
    append_number(lines, p);
    lines += '\n';
    write_when_long(file, lines);
  }
  lines += end;
  file.write(lines);
}

}  // namespace

void write_ss_solution(ReplacedFile& file, const Chain&, const std::vector<double>& distribution,
                       const SolutionMark& mark) {
  write_numbers(file, comment_of(mark), distribution, "");
}

void write_matlab_solution(ReplacedFile& file, const Chain&, const std::vector<double>& distribution,
                           const SolutionMark& mark) {
  std::string comment = comment_of(mark);
  if (!comment.empty()) comment[0] = '%';
  write_numbers(file, comment + "v = [\n", distribution, "];\n");
}

namespace {

// "3:(0,true)=0.25", and all lines after it.
std::vector<double> read_states(Scanner scanner, const Chain& chain) {
  PartialSolution solution(chain);
  do {
    const std::size_t state = solution.read_state(scanner, ':');
    if (!scanner.skip('(')) scanner.fail(fmt::format("'(' expected, found {}", scanner.next_in_quotes()));
    const std::string_view rest = scanner.rest_of_line();
    if (!scanner.skip_past(')')) scanner.fail(fmt::format("')' missing after state {}", state));
    while (scanner.skip_past(')')) continue;  // a state's name may have some, too
    solution.require_values(scanner, state, rest.substr(0, rest.rfind(')')));
    if (!scanner.skip('=')) scanner.fail(fmt::format("'=' expected, found {}", scanner.next_in_quotes()));
    solution.distribution[state] = scanner.number("probability");
    scanner.end_line();
  } while (scanner.next_line('#'));
  return std::move(solution.distribution);
}

// "v(4)=0.25;", of state 3, and all lines after it.
std::vector<double> read_assignments(Scanner scanner, const Chain& chain) {
  PartialSolution solution(chain);
  while (scanner.next_line('%')) {
    if (!scanner.skip('v') || !scanner.skip('('))
      scanner.fail(fmt::format("'v(' expected, found {}", scanner.next_in_quotes()));
    const std::uint64_t place = scanner.natural("place");
    if (place == 0) scanner.fail("place 0: Matlab counts from 1");
    solution.see(scanner, place - 1);
    if (!scanner.skip(')') || !scanner.skip('='))
      scanner.fail(fmt::format("')=' expected, found {}", scanner.next_in_quotes()));
    solution.distribution[place - 1] = scanner.number("probability");
    scanner.skip(';');
    scanner.end_line();
  }
  return std::move(solution.distribution);
}

// One number a line, up to the bracket that closes a vector of Matlab's or to the end.
std::vector<double> read_numbers(Scanner scanner, const Chain& chain, bool bracket) {
  std::vector<double> distribution;
  distribution.reserve(chain.size());
  do {
    if (bracket && scanner.skip(']')) {
      scanner.skip(';');
      scanner.end_line();
      bracket = false;
      if (scanner.next_line('%')) scanner.fail("more behind the vector");
      break;
    }
    if (distribution.size() == chain.size())
      scanner.fail(fmt::format("more than one number for each of the model's {} states", chain.size()));
    distribution.push_back(scanner.number("probability"));
    scanner.end_line();
  } while (scanner.next_line('#'));
  if (bracket) scanner.fail("the file ends before ']'");
  if (distribution.size() < chain.size())
    scanner.fail(fmt::format("the file ends after {} of {} states", distribution.size(), chain.size()));
  return distribution;
}

}  // namespace

std::vector<double> read_text_solution(const std::string& path, const std::string& content, const Chain& chain) {
  require_text(path, content);
  Scanner scanner(path, content);
  const char comment = content.starts_with('%') ? '%' : '#';
  if (!scanner.next_line(comment)) scanner.fail("no probabilities");
  const std::string_view line = scanner.rest_of_line();
  if (line.starts_with("v = sparse(")) return read_assignments(scanner, chain);
  const bool bracket = line == "v = [";
  if (bracket && !scanner.next_line('%')) scanner.fail("no probabilities");
  const bool states = line.find(':') != std::string_view::npos;
  return states ? read_states(scanner, chain) : read_numbers(scanner, chain, bracket);
}

}  // namespace steady::detail
