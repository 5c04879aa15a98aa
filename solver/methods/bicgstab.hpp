// BiCGStab, preconditioned from the right, for the correction of the iterate x: d (D - R) = x Q.
//
// van der Vorst 1992. The system is singular but consistent, as x Q sums to 0. The recursion's own residual drifts from
// the truth, and may vanish where x is already exact: the true one is measured every ten iterations, and the recursion
// begins anew from the iterate where they disagree, where it breaks down or where it has diverged. On a GPU the two
// latter and the end are seen an iteration late, which leaves x as good: a step that divides by zero has no length.
// Memory: in each iteration two products with the preconditioned matrix and about 210 bytes a state.
#pragma once

#include <cmath>

#include "solver/methods/problem.hpp"

namespace steady {

template <class Vector>
Outcome bicgstab(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  using Real = Number<Vector>;
  constexpr std::size_t interval = 10;  // iterations between two true residuals
  constexpr double diverged = 1e4;      // times the residual at the start
  const Preconditioner<Vector>& preconditioner = problem.preconditioner;
  Vector r(x.size()), shadow(x.size()), p(x.size()), v(x.size()), y(x.size()), t(x.size());
  Best<Vector> best;
  Glance<Real> glance;
  std::size_t iterations = 0, passes = 0;
  while (true) {
    normalise(x);
    const double residual = problem.inflow.residual(x, r);  // r = x Q
    if (const auto stop = best.check(monitor, iterations, ++passes, residual, x)) return *stop;
    const double start = value(norm2(r));
    const double target = 0.3 * start * monitor.tolerance() / residual;  // in the 2-norm
    copy(r, shadow);
    copy(r, p);
    Real rho = start * start;
    glance.begin(start, 1);
    for (std::size_t k = 1; !monitor.out_of_budget(iterations); ++k) {
      preconditioner.apply_and_multiply(p, y, v);  // y M = p, v = y (D - R)
      const Real alpha = ratio(rho, dot(shadow, v));
      axpy(alpha, y, x);
      axpy(-alpha, v, r);
      preconditioner.apply_and_multiply(r, y, t);  // y M = r, t = y (D - R)
      const Real omega = ratio(dot(t, r), dot(t, t));
      axpy(omega, y, x);
      axpy(-omega, t, r);
      ++iterations;
      passes += 2 * preconditioner.multiply_passes();
      const Real estimate = norm2(r), rho_before = rho;
      rho = dot(shadow, r);
      const Real beta = ratio(rho, rho_before) * ratio(alpha, omega);
      const auto [length, factor] = glance(estimate, beta);
      if (length <= target || !(length < diverged * start)) break;
      if (k % interval == 0) {
        const double truth = problem.inflow.residual(x, t) / std::abs(value(sum(x)));
        if (const auto stop = best.check(monitor, iterations, ++passes, truth, x)) return *stop;
        if (value(norm2(t) - 2 * estimate) > 0) break;
      }
      if (!std::isfinite(factor) || factor == 0) break;
      axpy(-omega, v, p);
      axpby(1, r, beta, p);  // p = r + beta (p - omega v)
    }
    if (!std::isfinite(value(sum(x)))) best.restore(x);
  }
}

}  // namespace steady
