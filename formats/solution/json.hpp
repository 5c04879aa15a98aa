// An object {"states": n, "variables": [names], "converged": bool, "residual": r, "distribution": [n numbers]}.
#pragma once

#include "formats/solution/solution_format.hpp"

namespace steady::detail {

void write_json_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                         const SolutionMark& mark);
// Only "distribution" is needed; "states" has to fit where it is there. Or Storm's result for all states, an array of
// objects {"s": {"x": 1, ...} or a number, "v": probability}: found by the variables' values, as Storm numbers the
// states in another order.
std::vector<double> read_json_solution(const std::string& path, const std::string& content, const Chain& chain);

}  // namespace steady::detail
