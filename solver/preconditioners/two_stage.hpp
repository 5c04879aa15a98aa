// A Gauss-Seidel sweep whose triangular solve, which goes level after level, is replaced by a few Jacobi steps over all
// states at once: for chains with deep levels on a device that needs wide ones.
//
// z = b D^-1 (1 + H + ... + H^s) with H = L D^-1: non-negative, as Gauss-Seidel's, and z (D - L) = b exactly once s is
// the number of levels less one. Frommer and Szyld, H-splittings and two-stage iterative methods, 1992.
// Memory: a product reads the matrix once and half of it for each step.
#pragma once

#include "formats/matrix/rate_operator.hpp"
#include "solver/preconditioners/preconditioner_operator.hpp"

namespace steady::detail {

template <class Vector>
class TwoStagePreconditioner final : public PreconditionerOperator<Vector> {
 public:
  static constexpr std::size_t steps = 4;  // fewest passes on most chains (papers/measured)

  TwoStagePreconditioner(const RateOperator<Vector>& inflow, Direction direction)
      : inflow_(inflow), direction_(direction) {}

  void apply(const Vector& b, Vector& z) const override { inflow_.triangular_jacobi(direction_, steps, b, z); }

  void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const override {
    apply(b, z);
    inflow_.residual(z, w, Tally::no);
    scale(-1, w);  // w = z D - z R
  }

  std::size_t apply_passes() const override { return (steps + 1) / 2; }
  std::size_t multiply_passes() const override { return apply_passes() + 1; }

 private:
  const RateOperator<Vector>& inflow_;
  Direction direction_;
};

}  // namespace steady::detail
