// Numbers with the digits of a double and a range without end in practice: x * 2^(960 e).
//
// Fukushima 2012 (X-numbers); Smith, Olver and Lozier 1981 (extended-range arithmetic). x is 0 or from 2^-480 up to
// 2^480 in size, so that a product, a quotient or a sum of two is in the range of doubles before it is brought back.
#pragma once

#include <cmath>
#include <cstdint>

namespace steady::detail {

class ExtendedRange {
 public:
  ExtendedRange(double number = 0) : ExtendedRange(number, 0) {}  // every double is one

  // The nearest double: infinite or 0 where the number is out of its range.
  explicit operator double() const {
    if (exponent_ == 0 || x_ == 0 || !std::isfinite(x_)) return x_;
    if (exponent_ > 1 || exponent_ < -1) return exponent_ > 0 ? std::copysign(INFINITY, x_) : std::copysign(0.0, x_);
    return x_ * (exponent_ > 0 ? base : 1 / base);
  }

  ExtendedRange& operator+=(const ExtendedRange& other) {
    if (exponent_ == other.exponent_) return *this = {x_ + other.x_, exponent_};
    const bool mine = exponent_ > other.exponent_;
    const ExtendedRange &large = mine ? *this : other, &small = mine ? other : *this;
    if (large.exponent_ > small.exponent_ + 1) return *this = large;
    return *this = {large.x_ + small.x_ * (1 / base), large.exponent_};
  }
  ExtendedRange& operator*=(const ExtendedRange& other) { return *this = {x_ * other.x_, exponent_ + other.exponent_}; }
  ExtendedRange& operator/=(const ExtendedRange& other) { return *this = {x_ / other.x_, exponent_ - other.exponent_}; }
  ExtendedRange operator-() const { return {-x_, exponent_}; }

  friend ExtendedRange operator+(ExtendedRange a, const ExtendedRange& b) { return a += b; }
  friend ExtendedRange operator-(ExtendedRange a, const ExtendedRange& b) { return a += -b; }
  friend ExtendedRange operator*(ExtendedRange a, const ExtendedRange& b) { return a *= b; }
  friend ExtendedRange operator/(ExtendedRange a, const ExtendedRange& b) { return a /= b; }
  friend bool operator==(const ExtendedRange& a, const ExtendedRange& b) {
    return a.x_ == b.x_ && (a.x_ == 0 || a.exponent_ == b.exponent_);
  }
  friend ExtendedRange abs(const ExtendedRange& a) { return {std::abs(a.x_), a.exponent_}; }

 private:
  static constexpr double base = 0x1p960, most = 0x1p480, least = 0x1p-480;
  static constexpr std::int64_t farthest = std::int64_t{1} << 40;

  ExtendedRange(double x, std::int64_t exponent) : x_(x), exponent_(exponent) {
    const double size = std::abs(x);
    if (!(size >= least && size < most)) bring_back();
  }

  // In a sum 0 yields to everything, and what is infinite or not a number to nothing.
  void bring_back() {
    if (x_ == 0 || !std::isfinite(x_)) {
      exponent_ = x_ == 0 ? -farthest : farthest;
    } else if (std::abs(x_) >= most) {
      x_ *= 1 / base;
      ++exponent_;
    } else {
      x_ *= base;
      --exponent_;
    }
  }

  double x_;
  std::int64_t exponent_;
};

}  // namespace steady::detail
