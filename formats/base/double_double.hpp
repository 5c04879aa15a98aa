// Exact errors of sums and products, and sums in twice a double's digits.
//
// The error of a sum and of a product is a double, too (Knuth 1969, Dekker 1971; with a fused multiply-add for the
// product).
#pragma once

#include <cmath>

namespace steady::detail {

// value + error: the exact result.
struct Exact {
  double value;
  double error;
};

// Exact for all a and b whose sum does not overflow.
inline Exact two_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  const double a_part = sum - b_part;
  return {sum, (a - a_part) + (b - b_part)};
}

// Exact where the product is 0 because a factor is, or is not near the end of the range of doubles (interval.hpp).
inline Exact two_product(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

// high + low: relatively 2^-104 or so.
struct DoubleDouble {
  double high = 0;
  double low = 0;

  DoubleDouble& operator+=(double x) {
    const auto [sum, error] = two_sum(high, x);
    const auto [value, rest] = two_sum(sum, error + low);
    return *this = {value, rest};
  }

  // Adds a b; the sum is as exact as if it were computed in twice the digits and rounded to `high` in the end (Ogita,
  // Rump and Oishi 2005, Dot2).
  void add_product(double a, double b) {
    const auto [product, error] = two_product(a, b);
    const auto [sum, lost] = two_sum(high, product);
    high = sum;
    low += lost + error;
  }
  void add_product(double a, const DoubleDouble& b) {
    add_product(a, b.high);
    low += a * b.low;
  }

  double value() const { return high + low; }
};

}  // namespace steady::detail
