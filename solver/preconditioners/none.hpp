// M = 1.
#pragma once

#include "solver/preconditioners/preconditioner.hpp"

namespace steady {

template <class Vector>
class NoPreconditioner final : public Preconditioner<Vector> {
 public:
  std::size_t passes() const override { return 0; }
  void apply(const Vector& b, Vector& z) const override { copy(b, z); }
};

}  // namespace steady
