// NumPy's own format, version 1.0: a header, then the probabilities as 64-bit little-endian numbers. It has no place
// for a mark: whether the solution converged is not in it.
#pragma once

#include "formats/solution/solution_format.hpp"

namespace steady::detail {

void write_npy_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                        const SolutionMark& mark);
// Versions 1.0 to 3.0, one dimension or a matrix of one row or column, of any type of numbers.
std::vector<double> read_npy_solution(const std::string& path, const std::string& content, const Chain& chain);

}  // namespace steady::detail
