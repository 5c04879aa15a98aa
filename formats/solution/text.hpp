// Lines "state:(values)=probability", as PRISM logs a distribution; read also as PRISM's -exportss writes it, one
// probability a line.
#pragma once

#include "formats/solution/solution.hpp"

namespace steady {

void write_text_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                         const SolutionMark& mark);
// In the first form a state that is missing has probability 0.
std::vector<double> read_text_solution(const std::string& path, const std::string& content, const Chain& chain);

}  // namespace steady
