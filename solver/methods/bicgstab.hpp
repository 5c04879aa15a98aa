// BiCGStab, preconditioned from the right, for the correction of the iterate x: d (D - R) = x Q.
//
// van der Vorst 1992. The system is singular but consistent, as x Q sums to 0. The recursion's own residual drifts from
// the truth, and may vanish where x is already exact: the true one is measured every ten iterations, and the recursion
// begins anew from the iterate where they disagree, where it breaks down or where it has diverged.
// Memory: in each iteration two products with the preconditioned matrix and about 210 bytes a state.
#pragma once

#include <cmath>

#include "solver/methods/problem.hpp"

namespace steady {

template <class Vector>
Outcome bicgstab(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  constexpr std::size_t interval = 10;  // iterations between two true residuals
  constexpr double diverged = 1e4;      // times the residual at the start
  const Preconditioner<Vector>& preconditioner = problem.preconditioner;
  Vector r(x.size()), shadow(x.size()), p(x.size()), v(x.size()), y(x.size()), t(x.size());
  Best<Vector> best;
  std::size_t iterations = 0, passes = 0;
  while (true) {
    normalise(x);
    const double residual = problem.inflow.residual(x, r);  // r = x Q
    if (const auto stop = best.check(monitor, iterations, ++passes, residual, x)) return *stop;
    const double start = norm2(r);
    const double target = 0.3 * start * monitor.tolerance() / residual;  // in the 2-norm
    copy(r, shadow);
    copy(r, p);
    double rho = start * start;
    for (std::size_t k = 1; !monitor.out_of_budget(iterations); ++k) {
      preconditioner.apply_and_multiply(p, y, v);  // y M = p, v = y (D - R)
      const double alpha = rho / dot(shadow, v);
      if (!std::isfinite(alpha)) break;
      axpy(alpha, y, x);
      axpy(-alpha, v, r);
      preconditioner.apply_and_multiply(r, y, t);  // y M = r, t = y (D - R)
      const double omega = dot(t, r) / dot(t, t);
      if (std::isfinite(omega)) {
        axpy(omega, y, x);
        axpy(-omega, t, r);
      }
      ++iterations;
      passes += 2 * preconditioner.multiply_passes();
      const double estimate = norm2(r), rho_before = rho;
      if (estimate <= target || !(estimate < diverged * start)) break;
      if (k % interval == 0) {
        const double truth = problem.inflow.residual(x, t) / std::abs(sum(x));
        if (const auto stop = best.check(monitor, iterations, ++passes, truth, x)) return *stop;
        if (norm2(t) > 2 * estimate) break;
      }
      rho = dot(shadow, r);
      const double beta = rho / rho_before * (alpha / omega);
      if (!std::isfinite(beta) || beta == 0) break;
      axpy(-omega, v, p);
      axpby(1, r, beta, p);  // p = r + beta (p - omega v)
    }
    if (!std::isfinite(sum(x))) best.restore(x);
  }
}

}  // namespace steady
