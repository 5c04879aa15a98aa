// The larger of two sizes of an error.
#pragma once

#include <cmath>

namespace steady::detail {

// Not a number where one of them is not: std::fmax and std::max would drop that, and a failure would look like success.
inline double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }

// The largest of sizes, at least 0, as a sum of blocks.
struct Largest {
  double value = 0;
  Largest& operator+=(const Largest& other) {
    value = larger(value, other.value);
    return *this;
  }
};

}  // namespace steady::detail
