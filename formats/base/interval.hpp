// Arithmetic whose rounding errors are on the safe side: part of what a proof rests on.
//
// Every operation is first rounded to nearest, as IEEE 754 says; the sign of its error (double_double.hpp) says whether
// to go to the neighbouring double. So no rounding mode is switched, which compilers do not respect. Near the end of
// the range of doubles the error of a product is no double any more; there the neighbour is taken in any case. An
// overflow gives an infinity or a NaN, which stays one: whoever takes a result asks whether it is finite.
#pragma once

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include "formats/base/double_double.hpp"

#ifdef __FAST_MATH__
#error "proofs need IEEE arithmetic: compile without -ffast-math"
#endif

namespace steady::detail {

static_assert(FLT_EVAL_METHOD == 0, "proofs need operations that are rounded to double at once, as SSE2 does");
static_assert(std::numeric_limits<double>::is_iec559);

// Whether this thread rounds to nearest and keeps subnormal numbers, which a library may have changed behind our back.
inline bool arithmetic_is_sound() {
  volatile double one = 1, half_unit = 0x1p-53, smallest = 0x1p-1074, small = 0x1p-1022;
  const bool nearest = one + half_unit == 1 && one + 1.5 * half_unit == 1 + 0x1p-52 && -one - half_unit == -1 &&
                       -one - 1.5 * half_unit == -1 - 0x1p-52;
  const bool subnormal = smallest * one != 0 && small / 2 + small / 2 == small;
  return nearest && subnormal && std::fma(one + 0x1p-30, one + 0x1p-30, -one - 0x1p-29) == 0x1p-60;
}

// The neighbouring doubles; infinity and NaN have none.
inline double next_up(double x) {
  if (!std::isfinite(x)) return x;
  if (x == 0) return std::numeric_limits<double>::denorm_min();
  const auto bits = std::bit_cast<std::int64_t>(x);
  return std::bit_cast<double>(x > 0 ? bits + 1 : bits - 1);
}
inline double next_down(double x) { return -next_up(-x); }

// Where two_product() is exact: the product is 0 because a factor is, or at least `smallest_exact`; else it is within
// `smallest_step`.
constexpr double smallest_exact = 0x1p-960;
constexpr double smallest_step = 0x1p-1074;
inline bool may_be_inexact(double product, double a, double b) {
  return std::abs(product) < smallest_exact && a != 0 && b != 0;
}

inline double add_up(double a, double b) {
  const auto [sum, error] = two_sum(a, b);
  return error <= 0 ? sum : next_up(sum);
}
inline double add_down(double a, double b) { return -add_up(-a, -b); }
inline double multiply_up(double a, double b) {
  const auto [product, error] = two_product(a, b);
  return error <= 0 && !may_be_inexact(product, a, b) ? product : next_up(product);
}
inline double multiply_down(double a, double b) { return -multiply_up(-a, b); }
// b > 0.
inline double divide_up(double a, double b) {
  const double quotient = a / b;
  const bool enough = std::fma(quotient, b, -a) >= 0 && (std::abs(a) >= smallest_exact || a == 0);
  return enough ? quotient : next_up(quotient);
}
inline double divide_down(double a, double b) { return -divide_up(-a, b); }

// All numbers from low to high.
struct Interval {
  double low = 0;
  double high = 0;

  Interval() = default;
  Interval(double number) : low(number), high(number) {}  // NOLINT: a number is an interval
  Interval(double lowest, double highest) : low(lowest), high(highest) {}

  bool finite() const { return std::isfinite(low) && std::isfinite(high); }
};

inline const Interval any_number(-INFINITY, INFINITY);

inline Interval operator+(const Interval& a, const Interval& b) {
  return {add_down(a.low, b.low), add_up(a.high, b.high)};
}
inline Interval operator-(const Interval& a) { return {-a.high, -a.low}; }
inline Interval operator-(const Interval& a, const Interval& b) { return a + -b; }
inline Interval operator*(const Interval& a, const Interval& b) {
  if (!a.finite() || !b.finite()) return {NAN, NAN};
  return {std::min({multiply_down(a.low, b.low), multiply_down(a.low, b.high), multiply_down(a.high, b.low),
                    multiply_down(a.high, b.high)}),
          std::max({multiply_up(a.low, b.low), multiply_up(a.low, b.high), multiply_up(a.high, b.low),
                    multiply_up(a.high, b.high)})};
}
// By positive numbers.
inline Interval operator/(const Interval& a, const Interval& b) {
  if (!a.finite() || !b.finite() || !(b.low > 0)) return {NAN, NAN};
  return {divide_down(a.low, a.low < 0 ? b.low : b.high), divide_up(a.high, a.high < 0 ? b.high : b.low)};
}
// By numbers of one sign.
inline Interval quotient(const Interval& a, const Interval& b) { return b.high < 0 ? -a / -b : a / b; }
inline double middle(const Interval& a) { return a.low + (a.high - a.low) / 2; }
// The largest absolute value in it.
inline double magnitude(const Interval& a) { return a.finite() ? std::max(std::abs(a.low), std::abs(a.high)) : NAN; }

// A sum of doubles and of products of doubles, exact as long as four doubles can hold it; what they cannot hold is
// enclosed. Each limb takes up the rounding errors of the one before.
class ExactSum {
 public:
  void add(double x) {
    for (double& limb : limbs_) {
      if (x == 0) return;
      const auto [sum, error] = two_sum(limb, x);
      limb = sum;
      x = error;
    }
    if (x != 0) rest_ = rest_ + x;
  }

  void add_product(double a, double b) {
    const auto [product, error] = two_product(a, b);
    add(product);
    add(error);
    if (may_be_inexact(product, a, b)) rest_ = rest_ + Interval(-smallest_step, smallest_step);
  }

  void add_product(const ExactSum& a, double b) {
    for (const double limb : a.limbs_) add_product(limb, b);
    if (a.rest_.low != 0 || a.rest_.high != 0) rest_ = rest_ + a.rest_ * b;
  }

  ExactSum& operator+=(const ExactSum& other) {
    for (const double limb : other.limbs_) add(limb);
    rest_ = rest_ + other.rest_;
    return *this;
  }

  Interval value() const {
    ExactSum tidy;  // the limbs once more, as they may cancel each other
    for (const double limb : limbs_) tidy.add(limb);
    Interval sum = rest_ + tidy.rest_;
    for (std::size_t l = std::size(limbs_); l-- > 0;) sum = sum + tidy.limbs_[l];
    return sum;
  }

 private:
  double limbs_[4] = {};
  Interval rest_;
};

// A sum of products of doubles, enclosed as closely as if it were computed in twice the precision, in a tenth of the
// time that an exact sum takes (Ogita, Rump and Oishi 2005, Dot2).
//
// The exact sum of n products is high + the sum of all (lost + error), which low adds up in doubles from small =
// lost + error, rounded. With u = 2^-53 and T the sum of the |small|: each rounding to `small` errs by at most
// u |small|, each addition to low by at most u |low| <= u T (1+u)^n, and size >= T (1-u)^n; all together at most
// (n+1) u size ((1+u)/(1-u))^n, which for n < 2^50 is less than the 2 (n+2) u size that is taken.
class EnclosedSum {
 public:
  void add_product(double a, double b) {
    const auto [product, error] = two_product(a, b);
    const auto [sum, lost] = two_sum(high_, product);
    const double small = lost + error;
    high_ = sum;
    low_ += small;
    size_ += std::abs(small);
    count_ += 1;
    inexact_ += may_be_inexact(product, a, b) ? 1 : 0;
  }

  Interval value() const {
    const double bound = add_up(multiply_up((count_ + 2) * 0x1p-52, size_), multiply_up(inexact_, smallest_step));
    return Interval(high_) + Interval(low_) + Interval(-bound, bound);
  }

  // At least the size of the sum, within a few units of its last place; 0 where all is 0.
  //
  // Five operations are rounded, each by at most u or, where its result is subnormal, by half of smallest_step.
  double bound() const {
    const double size = std::abs(high_ + low_) + ((count_ + 2) * 0x1p-52 * size_ + inexact_ * smallest_step);
    return size == 0 && size_ == 0 ? 0 : size * (1 + 0x1p-49) + 4 * smallest_step;
  }

 private:
  double high_ = 0, low_ = 0;
  double size_ = 0;     // of what low_ has taken up
  double count_ = 0;    // products
  double inexact_ = 0;  // products that are too small to be exact
};

}  // namespace steady::detail
