// A V-cycle over aggregated chains, weighted by the iterate that the method starts from (multilevel/hierarchy.hpp): a
// symmetric Gauss-Seidel sweep, the coarse correction, and the sweep again.
#pragma once

#include "solver/multilevel/hierarchy.hpp"
#include "solver/preconditioners/preconditioner_operator.hpp"

namespace steady::detail {

template <class Vector>
class MultilevelPreconditioner final : public PreconditionerOperator<Vector> {
 public:
  MultilevelPreconditioner(const IrreducibleChain& chain, const RateOperator<Vector>& inflow, Direction first,
                           Direction second, const Vector& x)
      : inflow_(inflow),
        first_(first),
        second_(second),
        hierarchy_(chain, inflow.order(), x),
        right_(x.size()),
        rest_(x.size()) {
    copy(x, rest_);
    hierarchy_.correct(rest_);
    passes_ = 5 + 5 * hierarchy_.coarse_rates() / chain.inflow.entries();
  }

  void apply(const Vector& b, Vector& z) const override {
    inflow_.triangular_solve(first_, b, z);  // z (D - L) = b
    sweep(second_, b, z);
    inflow_.add_later(second_, 1, z, b, rest_);
    axpy(-1, right_, rest_);  // b - z (D - R), as z (D - L) is the right side of the last sweep
    hierarchy_.add_correction(rest_, z);
    sweep(first_, b, z);
    sweep(second_, b, z);
  }

  void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const override {
    apply(b, z);
    inflow_.residual(z, w, Tally::no);
    scale(-1, w);  // w = z D - z R
  }

  bool waits() const override { return true; }  // the coarsest chains are the host's

  std::size_t apply_passes() const override { return passes_; }
  std::size_t multiply_passes() const override { return passes_ + 1; }

 private:
  // Gauss-Seidel for z (D - R) = b: solves z (D - L) = b + z U.
  void sweep(Direction direction, const Vector& b, Vector& z) const {
    inflow_.add_later(direction, 1, z, b, right_);
    inflow_.triangular_solve(direction, right_, z);
  }

  const RateOperator<Vector>& inflow_;
  Direction first_, second_;
  mutable Hierarchy<Vector> hierarchy_;
  mutable Vector right_, rest_;
  std::size_t passes_;
};

}  // namespace steady::detail
