#include "formats/solution/lines.hpp"

#include <fmt/format.h>

#include <charconv>

namespace steady::detail {

void append_number(std::string& text, double value) {
  char digits[32];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 17).ptr);
}

void append_number(std::string& text, std::size_t value) {
  char digits[24];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void write_when_long(ReplacedFile& file, std::string& lines) {
  if (lines.size() < 1 << 16) return;
  file.write(lines);
  lines.clear();
}

std::string comment_of(const SolutionMark& mark) {
  return mark.converged ? "" : fmt::format("# not converged: residual {:.3g}\n", mark.residual);
}

PartialSolution::PartialSolution(const Chain& of) : chain(of), distribution(of.size(), 0.0), seen(of.size(), false) {}

std::size_t PartialSolution::read_state(Scanner& scanner, char separator) {
  const std::uint64_t state = scanner.natural("state");
  see(scanner, state);
  if (!scanner.skip(separator))
    scanner.fail(fmt::format("'{}' expected after state {}, found {}", separator, state, scanner.next_in_quotes()));
  return state;
}

void PartialSolution::see(const Scanner& scanner, std::uint64_t state) {
  if (state >= chain.size()) scanner.fail(fmt::format("state {}: the model has {} states", state, chain.size()));
  if (seen[state]) scanner.fail(fmt::format("state {} for the second time", state));
  seen[state] = true;
  ++count;
}

void PartialSolution::require_values(const Scanner& scanner, std::size_t state, std::string_view values) {
  expected.clear();
  chain.states.append(expected, state);
  if (values == expected) return;
  std::string number;
  append_number(number, state);
  if (values != number)
    scanner.fail(fmt::format("state {} is {} here and ({}) in the model", state, in_quotes(values), expected));
}

}  // namespace steady::detail
