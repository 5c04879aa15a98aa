// M = 1.
#pragma once

#include "formats/matrix/rate_operator.hpp"
#include "solver/preconditioners/preconditioner_operator.hpp"

namespace steady::detail {

template <class Vector>
class NoPreconditioner final : public PreconditionerOperator<Vector> {
 public:
  explicit NoPreconditioner(const RateOperator<Vector>& inflow) : inflow_(inflow) {}

  void apply(const Vector& b, Vector& z) const override { copy(b, z); }

  void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const override {
    copy(b, z);
    inflow_.residual(z, w, Tally::no);
    scale(-1, w);  // w = z D - z R
  }

  std::size_t apply_passes() const override { return 0; }
  std::size_t multiply_passes() const override { return 1; }

 private:
  const RateOperator<Vector>& inflow_;
};

}  // namespace steady::detail
