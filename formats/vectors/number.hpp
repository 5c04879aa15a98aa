// A number that a method computes from its vectors. On the host it is a double. On a GPU it stays where the vectors are
// (cuda_number.hpp), so that a method can queue a whole iteration without waiting for any of its numbers.
//
// Methods are written once for both: numbers are added, subtracted, multiplied and divided; `ratio`, `sqrt`, `abs` and
// `max` are there; what decides about the way on is looked at through `value`, `values` or a LaggedReadback.
#pragma once

#include <span>
#include <utility>
#include <vector>

namespace steady::detail {

template <class Vector>
using Number = typename Vector::Number;

inline double value(double x) { return x; }
inline std::vector<double> values(std::span<const double> x) { return {x.begin(), x.end()}; }

// a / b, and 0 where b is 0: a step of that length changes nothing.
inline double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

// What a method sees of two of its numbers in each iteration without waiting: on the host the numbers themselves; on a
// GPU, always, those of the iteration before.
template <class Number>
class LaggedReadback;

template <>
class LaggedReadback<double> {
 public:
  void begin(double, double) {}  // what the first readback sees where it has to be of the iteration before
  std::pair<double, double> operator()(double first, double second) { return {first, second}; }
};

}  // namespace steady::detail
