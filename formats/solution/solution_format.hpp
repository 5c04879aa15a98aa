// The formats of solution files.
//
// To add one: a file with its write and its read function here, and a line in the list in solution_file.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/solution_file.hpp>

#include "formats/io/file.hpp"

namespace steady::detail {

struct SolutionFormat {
  std::string_view name;
  std::string_view extension;  // with the dot
  void (*write)(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                const SolutionMark& mark);
  std::vector<double> (*read)(const std::string& path, const std::string& content, const Chain& chain);
};

// Every format of solutions.
std::span<const SolutionFormat> solution_formats();

}  // namespace steady::detail
