// Lines "state:(values)=probability", as PRISM logs a distribution; one probability a line, as PRISM's -exportss writes
// it; and the vector v of PRISM's -exportmatlab.
#pragma once

#include "formats/solution/solution_format.hpp"

namespace steady::detail {

void write_text_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                         const SolutionMark& mark);
void write_ss_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                       const SolutionMark& mark);
void write_matlab_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                           const SolutionMark& mark);
// Any of the three, whichever it is. Where states are numbered, one that is missing has probability 0.
std::vector<double> read_text_solution(const std::string& path, const std::string& content, const Chain& chain);

}  // namespace steady::detail
