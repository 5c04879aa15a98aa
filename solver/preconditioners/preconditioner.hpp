// M, an approximation of D - R whose systems are cheap to solve (D: exit rates, R: rates). Applied from the right.
#pragma once

#include <memory>
#include <vector>

#include "formats/matrix/inflow.hpp"

namespace steady {

template <class Vector>
class Preconditioner {
 public:
  virtual ~Preconditioner() = default;
  virtual std::size_t passes() const = 0;                    // over the matrix, in each apply
  virtual void apply(const Vector& b, Vector& z) const = 0;  // solves z M = b
};

}  // namespace steady
