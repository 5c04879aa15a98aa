// A Gauss-Seidel sweep one way and one back: M = (D - U) D^-1 (D - L), L and U the rates from states that a sweep in
// the first direction visits earlier and later.
//
// With y (D - L) = b and z (D - U) = y D, the product is z (D - R) = y D - z L: a pass to solve, half of one to
// multiply.
#pragma once

#include "formats/matrix/rate_operator.hpp"
#include "solver/preconditioners/preconditioner_operator.hpp"

namespace steady::detail {

template <class Vector>
class SymmetricGaussSeidelPreconditioner final : public PreconditionerOperator<Vector> {
 public:
  // `exit_rate`: in the operator's order.
  SymmetricGaussSeidelPreconditioner(const RateOperator<Vector>& inflow, Direction there, Direction back,
                                     Vector exit_rate)
      : inflow_(inflow), there_(there), back_(back), exit_rate_(std::move(exit_rate)), y_(inflow.size()) {}

  void apply(const Vector& b, Vector& z) const override {
    inflow_.triangular_solve(there_, b, y_);
    multiply_entries(exit_rate_, y_);
    inflow_.triangular_solve(back_, y_, z);
  }

  void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const override {
    apply(b, z);
    inflow_.add_later(back_, -1, z, y_, w);  // w = y D - z L
  }

  std::size_t apply_passes() const override { return 1; }
  std::size_t multiply_passes() const override { return 2; }

 private:
  const RateOperator<Vector>& inflow_;
  Direction there_, back_;
  Vector exit_rate_;
  mutable Vector y_;
};

}  // namespace steady::detail
