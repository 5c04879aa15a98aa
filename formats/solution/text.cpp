#include "formats/solution/text.hpp"

#include <fmt/format.h>

#include "formats/solution/lines.hpp"

namespace steady {

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

// "3:(0,true)=0.25", and all lines after it.
std::vector<double> read_states(Scanner scanner, const Chain& chain) {
  PartialSolution solution(chain);
  do {
    const std::size_t state = solution.read_state(scanner, ':');
    if (!scanner.skip('(')) scanner.fail(fmt::format("'(' expected, found {}", scanner.next_in_quotes()));
    const std::string_view rest = scanner.rest_of_line();
    if (!scanner.skip_past(')')) scanner.fail(fmt::format("')' missing after state {}", state));
    solution.require_values(scanner, state, rest.substr(0, rest.find(')')));
    if (!scanner.skip('=')) scanner.fail(fmt::format("'=' expected, found {}", scanner.next_in_quotes()));
    solution.distribution[state] = scanner.number("probability");
    scanner.end_line();
  } while (scanner.next_line('#'));
  return std::move(solution.distribution);
}

// One number a line.
std::vector<double> read_numbers(Scanner scanner, const Chain& chain) {
  std::vector<double> distribution;
  distribution.reserve(chain.size());
  do {
    if (distribution.size() == chain.size())
      scanner.fail(fmt::format("more than one number for each of the model's {} states", chain.size()));
    distribution.push_back(scanner.number("probability"));
    scanner.end_line();
  } while (scanner.next_line('#'));
  if (distribution.size() < chain.size())
    scanner.fail(fmt::format("the file ends after {} of {} states", distribution.size(), chain.size()));
  return distribution;
}

}  // namespace

std::vector<double> read_text_solution(const std::string& path, const std::string& content, const Chain& chain) {
  require_text(path, content);
  Scanner scanner(path, content);
  if (!scanner.next_line('#')) scanner.fail("no probabilities");
  const bool states = scanner.rest_of_line().find(':') != std::string_view::npos;
  return states ? read_states(scanner, chain) : read_numbers(scanner, chain);
}

}  // namespace steady
