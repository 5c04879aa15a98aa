// M, an approximation of D - R whose systems are cheap to solve (D: exit rates, R: rates). Applied from the right.
#pragma once

#include <cstddef>

#include "formats/matrix/rate_operator.hpp"

namespace steady::detail {

template <class Vector>
class PreconditionerOperator {
 public:
  virtual ~PreconditionerOperator() = default;

  // Solves z M = b.
  virtual void apply(const Vector& b, Vector& z) const = 0;

  // Solves z M = b and computes w = z (D - R), in one go where M makes that cheaper.
  virtual void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const = 0;

  // Whether it waits for its device on the way: what uses it then cannot be recorded
  // (formats/vectors/iteration_loop.hpp).
  virtual bool waits() const { return false; }

  virtual std::size_t apply_passes() const = 0;  // over the matrix, rounded up
  virtual std::size_t multiply_passes() const = 0;
};

}  // namespace steady::detail
