// Small linear programs.
#pragma once

#include <vector>

namespace steady::detail {

// maximize objective . y, where rows[i] . y <= limits[i] and y >= 0; no limit is negative, so that y = 0 is allowed.
struct LinearProgram {
  std::vector<double> objective;
  std::vector<std::vector<double>> rows;
  std::vector<double> limits;
};

// A vertex that is about the best, by the simplex method (Dantzig 1951) with limits moved up by up to 1e-7, so that
// hardly any two of them meet. Empty where there is no largest value, or it was not found in 10,000 steps.
std::vector<double> maximize(const LinearProgram& program);

}  // namespace steady::detail
