// Incomplete factors without fill: M = (D' - E) D'^-1 (D' - G), where E and G have entries only where the matrix has.
//
// Meijerink and van der Vorst 1977: of an M-matrix the factors exist, E and G are not negative, and M has the entries
// of D - R wherever R has any. They converge like symmetric Gauss-Seidel, but their values are all different, so that
// nothing compresses them: they are kept as csr, beside the chain's own matrix.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <steady/csr.hpp>

#include "formats/matrix/arrangement.hpp"
#include "formats/matrix/rate_operator.hpp"
#include "solver/preconditioners/symmetric_gauss_seidel.hpp"

namespace steady::detail {

// E and G, in rows like the rates into a state, and D'.
struct IncompleteFactors {
  Csr matrix;
  std::vector<double> diagonal;
};

// Eliminates the states in the order in which a sweep in this direction visits them. A state that is left with next to
// nothing on the diagonal, as the last one is where nothing was dropped, keeps its exit rate.
IncompleteFactors factorise(const Csr& inflow, const std::vector<double>& exit_rate, Direction direction);

template <class Vector>
class Ilu0Preconditioner final : public PreconditionerOperator<Vector> {
 public:
  // `factors`: an operator with the factors, made for both directions, in the order of `inflow`.
  Ilu0Preconditioner(const RateOperator<Vector>& inflow, std::unique_ptr<RateOperator<Vector>> factors, Vector diagonal,
                     Direction there, Direction back)
      : inflow_(inflow), factors_(std::move(factors)), solve_(*factors_, there, back, std::move(diagonal)) {}

  void apply(const Vector& b, Vector& z) const override { solve_.apply(b, z); }

  void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const override {
    apply(b, z);
    inflow_.residual(z, w, Tally::no);
    scale(-1, w);  // w = z D - z R
  }

  std::size_t apply_passes() const override { return 1; }
  std::size_t multiply_passes() const override { return 2; }

 private:
  const RateOperator<Vector>& inflow_;
  std::unique_ptr<RateOperator<Vector>> factors_;
  SymmetricGaussSeidelPreconditioner<Vector> solve_;
};

}  // namespace steady::detail
