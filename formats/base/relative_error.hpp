// How far a double can be from the number that a text or an expression means, relative to the double: an upper bound.
// 0 where they are the same, infinite where nothing is known. What `--rates interval` is made of.
#pragma once

#include <cmath>
#include <string_view>

#include "formats/base/interval.hpp"

namespace steady::detail {

// Of a result that was rounded to nearest and is not subnormal.
constexpr double half_unit = 0x1p-53;

// Of a product or a quotient of two numbers of these errors, before it is rounded; of a number of the error `a` that
// is a rounding with the error `b` of what is stored.
inline double compounded(double a, double b) {
  const double error = add_up(add_up(a, b), multiply_up(a, b));
  return error >= 0 ? error : INFINITY;  // infinity times 0
}

// Of a sum of positive doubles, each of at most the error `a`, after `additions` roundings.
inline double summed(double a, double additions) { return compounded(a, multiply_up(2 * half_unit, additions)); }

// How far a number can be from the value, by its relative error.
inline double radius(double value, double error) { return error == 0 ? 0 : multiply_up(std::abs(value), error); }

// The numbers within the radius of the value.
inline Interval ball(double value, double radius) { return {add_down(value, -radius), add_up(value, radius)}; }

// The numbers within the relative error of the value.
inline Interval around(double value, double error) { return ball(value, radius(value, error)); }

// The largest distance of a number in the interval from the value.
inline double radius(const Interval& exact, double value) {
  if (!exact.finite() || !std::isfinite(value)) return INFINITY;
  return std::max({add_up(exact.high, -value), add_up(value, -exact.low), 0.0});
}

// Of the value, where the exact number is in the interval.
inline double relative_error(const Interval& exact, double value) {
  const double distance = radius(exact, value);
  if (distance == 0) return 0;
  return value == 0 || !std::isfinite(distance) ? INFINITY : divide_up(distance, std::abs(value));
}

// Of the double that a decimal such as 12, 0.1 or 1e-3, or a fraction of two such as 1/3, was read as.
double decimal_error(std::string_view text, double value);

}  // namespace steady::detail
