#include "formats/solution/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "formats/solution/lines.hpp"

namespace steady {

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

std::vector<double> read_csv_solution(const std::string& path, const std::string& content, const Chain& chain) {
  require_text(path, content);
  Scanner scanner(path, content);
  if (!scanner.next_line('#')) scanner.fail("no header 'state,...,probability'");
  const std::string_view header = scanner.rest_of_line();
  if (!header.starts_with("state,") || !header.ends_with(",probability")) {
    if (header != "state,probability")
      scanner.fail(fmt::format("the header 'state,...,probability' expected, found {}", in_quotes(header)));
  }
  const auto columns = std::count(header.begin(), header.end(), ',') + 1;

  PartialSolution solution(chain);
  while (scanner.next_line('#')) {
    const std::size_t state = solution.read_state(scanner, ',');
    const std::string_view rest = scanner.rest_of_line();
    if (std::count(rest.begin(), rest.end(), ',') + 2 != columns)
      scanner.fail(fmt::format("state {}: the header has {} columns", state, columns));
    if (columns > 2) {
      const std::string_view values = rest.substr(0, rest.rfind(','));
      solution.require_values(scanner, state, values);
      for (auto k = columns; k > 2; --k) scanner.skip_past(',');
    }
    solution.distribution[state] = scanner.number("probability");
    scanner.end_line();
  }
  if (solution.count < chain.size())
    scanner.fail(fmt::format("the file ends after {} of {} states", solution.count, chain.size()));
  return std::move(solution.distribution);
}

}  // namespace steady
