// One Gauss-Seidel sweep: M = D - L, L the rates from states that the sweep visits earlier. Half a pass.
#pragma once

#include "solver/preconditioners/preconditioner.hpp"

namespace steady {

template <class Vector>
class GaussSeidelPreconditioner final : public Preconditioner<Vector> {
 public:
  GaussSeidelPreconditioner(const Inflow<Vector>& inflow, Direction direction)
      : inflow_(inflow), direction_(direction) {}

  std::size_t passes() const override { return 1; }
  void apply(const Vector& b, Vector& z) const override { inflow_.triangular_solve(direction_, b, z); }

 private:
  const Inflow<Vector>& inflow_;
  Direction direction_;
};

}  // namespace steady
