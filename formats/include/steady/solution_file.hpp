// A solution as a file: one probability a state, in the order of the chain's states.
//
// To add a format: a file with its write and its read function here, and a line in the list in solution_file.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/chain.hpp>

#include "formats/io/file.hpp"

namespace steady {

// How good the distribution is; written where the format can carry it.
struct SolutionMark {
  bool converged = true;
  double residual = 0;
};

struct SolutionFormat {
  std::string_view name;
  std::string_view extension;  // with the dot
  void (*write)(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                const SolutionMark& mark);
  std::vector<double> (*read)(const std::string& path, const std::string& content, const Chain& chain);
};

// Every format of solutions.
std::span<const SolutionFormat> solution_formats();

// Throws Error where write_solution would: an extension that no format has (it lists those there are), or a place that
// cannot be written. What a program asks before a long solve.
void require_solution_path(const std::string& path);

// Every state with 17 significant digits, in the format of the path's extension, which .gz or .xz may follow; "-" is
// standard output, as text.
// Written whole or not at all. Throws Error as above, on a full disk, and on a distribution of another size.
void write_solution(const std::string& path, const Chain& chain, const std::vector<double>& distribution,
                    const SolutionMark& mark);

// One finite number a state, neither normalised nor checked for sign; "-" is standard input, as text. Throws Error with
// file, line and value on anything else, and where the file tells other variables' values than the chain's.
std::vector<double> read_solution(const std::string& path, const Chain& chain);

}  // namespace steady
