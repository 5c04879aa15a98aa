// The sums of the vectors' operations over a block of entries, by the widest registers that the processor has, found
// out once.
//
// Each is eight interleaved sums of doubles, entry i in sum i mod 8, added up in one order at the end: the same bits
// whatever the registers.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace steady::detail {

struct TwoSums {
  double first = 0, second = 0;
  TwoSums& operator+=(const TwoSums& other) {
    first += other.first;
    second += other.second;
    return *this;
  }
};

template <class Real>
struct BlockSums {
  std::string_view name;
  double (*sum)(const Real* x, std::size_t size);                             // x . 1
  double (*dot)(const Real* x, const Real* y, std::size_t size);              // x . y
  TwoSums (*dot_and_square)(const Real* x, const Real* y, std::size_t size);  // x . y and y . y
  // y = a x + y; returns y . z and y . y
  TwoSums (*axpy_dot_and_square)(Real a, const Real* x, Real* y, const Real* z, std::size_t size);
};

// For double and float: what this processor can run, the best last; and that one.
template <class Real>
std::span<const BlockSums<Real>> block_sum_variants();
template <class Real>
const BlockSums<Real>& block_sums() {
  static const BlockSums<Real>& best = block_sum_variants<Real>().back();
  return best;
}

}  // namespace steady::detail
