// Comma-separated values: a header, then a line a state: its number, the values of the variables, its probability.
#pragma once

#include "formats/solution/solution_format.hpp"

namespace steady::detail {

void write_csv_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                        const SolutionMark& mark);
// The columns of variables may be left out, that of states, too: an index as pandas writes it stands for it, else the
// order of the lines.
std::vector<double> read_csv_solution(const std::string& path, const std::string& content, const Chain& chain);

}  // namespace steady::detail
