// One Gauss-Seidel sweep: M = D - L, L the rates from states that the sweep visits earlier, U = R - L the others.
//
// As z (D - R) = b - z U, a product with the preconditioned matrix is one pass in all: half of it to solve, half to
// multiply (Eisenstat 1981 for the symmetric sweep).
#pragma once

#include "formats/matrix/rate_operator.hpp"
#include "solver/preconditioners/preconditioner_operator.hpp"

namespace steady::detail {

template <class Vector>
class GaussSeidelPreconditioner final : public PreconditionerOperator<Vector> {
 public:
  GaussSeidelPreconditioner(const RateOperator<Vector>& inflow, Direction direction)
      : inflow_(inflow), direction_(direction) {}

  void apply(const Vector& b, Vector& z) const override { inflow_.triangular_solve(direction_, b, z); }

  void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const override {
    apply(b, z);
    inflow_.add_later(direction_, -1, z, b, w);  // w = b - z U
  }

  std::size_t apply_passes() const override { return 1; }
  std::size_t multiply_passes() const override { return 1; }

 private:
  const RateOperator<Vector>& inflow_;
  Direction direction_;
};

}  // namespace steady::detail
