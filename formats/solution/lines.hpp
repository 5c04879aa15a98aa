// What the formats of solutions that are lines of text share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/io/file.hpp"
#include "formats/io/scanner.hpp"
#include "formats/solution/solution_format.hpp"

namespace steady::detail {

// As %.17g prints it.
void append_number(std::string& text, double value);
void append_number(std::string& text, std::size_t value);

// Writes `lines` and empties it once it is long enough for that to be worth while.
void write_when_long(ReplacedFile& file, std::string& lines);

// "# not converged: residual 1.2e-03", a line, or nothing.
std::string comment_of(const SolutionMark& mark);

// The probabilities read so far.
struct PartialSolution {
  explicit PartialSolution(const Chain& chain);

  // Reads the state's number and checks that the chain has it and the file did not have it before.
  std::size_t read_state(Scanner& scanner, char separator);
  // Throws Error, at the scanner's line, where the chain does not have the state or it was seen before.
  void see(const Scanner& scanner, std::uint64_t state);
  // Throws Error unless `values` is what the chain says of the state, or its number.
  void require_values(const Scanner& scanner, std::size_t state, std::string_view values);

  const Chain& chain;
  std::vector<double> distribution;  // 0 where not read
  std::vector<bool> seen;
  std::size_t count = 0;  // states seen
  std::string expected;   // kept for its memory
};

}  // namespace steady::detail
