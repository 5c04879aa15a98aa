// BiCGStab, preconditioned from the right, for the correction of the iterate x: d (D - R) = x Q.
//
// van der Vorst 1992. The system is singular but consistent, as x Q sums to 0. The recursion's own residual drifts from
// the truth, and may vanish where x is already exact: the true one is measured every ten iterations, and the recursion
// begins anew from the iterate where they disagree, where it breaks down or where it has diverged. The iterations
// in between are an IterationLoop. On a GPU the two latter and the end are seen an iteration late, which leaves x as
// good: a step that divides by zero has no length.
//
// Mixed precision: the recursion and its corrections are floats; x, which they are added to, and the true residual are
// doubles. The latter replaces the recursion's own every five iterations, so that no more than these iterations'
// rounding is ever lost and convergence is that of doubles, or nearly (van der Vorst and Ye 2000). Where x gains less
// than a digit before the recursion has to begin anew, doubles go on. Memory: in each iteration two products with the
// preconditioned matrix and about 170 bytes a state, half in floats.
#pragma once

#include <array>
#include <cmath>
#include <optional>
#include <tuple>
#include <type_traits>

#include "formats/vectors/host.hpp"
#include "formats/vectors/iteration_loop.hpp"
#include "solver/methods/problem.hpp"

namespace steady {

template <class Vector>
struct BicgstabVectors {
  BicgstabVectors(std::size_t n, bool records) : r(n), shadow(n), p(n), v(n), y(n), t(n), z(n), repeat(records) {}
  Vector r, shadow, p, v, y, t;
  Vector z;  // the correction, in units of the residual at the start
  IterationLoop<Vector> repeat;
};

template <class Vector>
class Bicgstab {
 public:
  Bicgstab(const Problem<Vector>& problem, Vector& x, Monitor& monitor)
      : problem_(problem), x_(x), monitor_(monitor), truth_(x.size()) {}

  Outcome run() {
    using Single = typename Vector::Single;
    std::optional<BicgstabVectors<Single>> single;
    std::optional<BicgstabVectors<Vector>> full;
    if (problem_.single) single.emplace(x_.size(), !problem_.single->waits());
    for (double before = INFINITY;;) {
      normalise(x_);
      const double residual = problem_.inflow.residual(x_, truth_);
      if (const auto stop = best_.check(monitor_, iterations_, ++passes_, residual, x_)) return *stop;
      if (residual > least_gain * before) single.reset();
      before = residual;
      const double reduction = 0.3 * monitor_.tolerance() / residual;
      std::optional<Outcome> stop;
      if (single) {
        const SubnormalsAsZero quick;
        stop = improve(*problem_.single, reduction, *single);
      } else {
        if (!full) full.emplace(x_.size(), !problem_.preconditioner.waits());
        stop = improve(problem_.preconditioner, reduction, *full);
      }
      if (stop) return *stop;
      if (!std::isfinite(value(sum(x_)))) best_.restore(x_);
    }
  }

 private:
  static constexpr double diverged = 1e4;    // times the residual at the start
  static constexpr double least_gain = 0.1;  // of a run of the recursion in floats

  // Adds to x a correction that reduces its residual truth_ so far in the 2-norm, if all goes well.
  template <class Work>
  std::optional<Outcome> improve(const PreconditionerOperator<Work>& preconditioner, double reduction,
                                 BicgstabVectors<Work>& vectors) {
    using Real = Number<Work>;
    constexpr bool refines = !std::is_same_v<Work, Vector>;
    constexpr std::size_t interval = refines ? 5 : 10;  // iterations between two true residuals
    Work &r = vectors.r, &shadow = vectors.shadow, &p = vectors.p, &v = vectors.v, &y = vectors.y, &t = vectors.t;
    Work& z = vectors.z;
    const double start = value(norm2(truth_));
    assign(1 / start, truth_, r);
    copy(r, shadow);
    copy(r, p);
    fill(0, v);
    fill(0, z);
    Real rho = 1, rho_before = 1, alpha = 1, omega = 1, beta = 0, square = 1, least = reduction;
    const auto wanted = [&] {
      return std::array<RangeCheck<Real>, 2>{{{least, sqrt(square), diverged}, {0, beta, INFINITY}}};
    };
    const auto iterate = [&] {
      axpbypcz(1, r, -beta * omega, v, beta, p);  // p = r + beta (p - omega v)
      rho_before = rho;
      preconditioner.apply_and_multiply(p, y, v);  // y M = p, v = y (D - R)
      alpha = ratio(rho, dot(shadow, v));
      axpy(alpha, y, z);
      axpy(-alpha, v, r);
      preconditioner.apply_and_multiply(r, y, t);  // y M = r, t = y (D - R)
      const auto [product, length] = dot_and_square(r, t);
      omega = ratio(product, length);
      axpy(omega, y, z);
      std::tie(rho, square) = axpy_dot_and_square(-omega, t, r, shadow);
      beta = ratio(rho, rho_before) * ratio(alpha, omega);
      return wanted();
    };
    const auto go_on = [&](std::size_t done) { return !monitor_.out_of_budget(iterations_ + done); };
    while (true) {
      const Iterations turns =
          vectors.repeat.run_while(interval, {&rho, &omega, &beta, &square, &least}, iterate, go_on);
      iterations_ += turns.done;
      passes_ += 2 * turns.done * preconditioner.multiply_passes();
      axpy(start, z, x_);
      // Floats may say that they are at their end where the truth, which replaces them, does not.
      const bool sound = refines ? std::isfinite(value(square)) : turns.sound;
      if (turns.done < interval || !sound) return std::nullopt;
      fill(0, z);
      const double residual = problem_.inflow.residual(x_, truth_) / std::abs(value(sum(x_)));
      if (const auto stop = best_.check(monitor_, iterations_, ++passes_, residual, x_)) return stop;
      if (value(norm2(truth_) - 2 * start * sqrt(square)) > 0) return std::nullopt;
      if constexpr (refines) {  // on the host
        assign(1 / start, truth_, r);
        std::tie(rho, square) = dot_and_square(shadow, r);
        beta = ratio(rho, rho_before) * ratio(alpha, omega);
        if (!all_hold(wanted())) return std::nullopt;
      }
    }
  }

  const Problem<Vector>& problem_;
  Vector& x_;
  Monitor& monitor_;
  Vector truth_;  // x Q
  Best<Vector> best_;
  std::size_t iterations_ = 0, passes_ = 0;
};

template <class Vector>
Outcome bicgstab(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  return Bicgstab<Vector>(problem, x, monitor).run();
}

}  // namespace steady
