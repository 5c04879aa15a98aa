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
#include <type_traits>

#include "formats/vectors/host.hpp"
#include "formats/vectors/iteration_loop.hpp"
#include "solver/methods/bicgstab_recursion.hpp"
#include "solver/methods/problem.hpp"

namespace steady::detail {

template <class Vector>
struct RepeatedRecursion : BicgstabRecursion<Vector> {
  RepeatedRecursion(std::size_t n, bool records) : BicgstabRecursion<Vector>(n), loop(records) {}
  IterationLoop<Vector> loop;
};

template <class Vector>
class Bicgstab {
 public:
  Bicgstab(const Problem<Vector>& problem, Vector& x, Monitor& monitor)
      : problem_(problem), x_(x), monitor_(monitor), truth_(x.size()) {}

  Outcome run() {
    using Single = typename Vector::Single;
    std::optional<RepeatedRecursion<Single>> single;
    std::optional<RepeatedRecursion<Vector>> full;
    if (problem_.single) single.emplace(x_.size(), !problem_.single->waits());
    for (double before = INFINITY;;) {
      normalise(x_);
      const double residual = problem_.inflow.residual(x_, truth_);
      if (const auto stop = best_.check(monitor_, iterations_, ++passes_, residual, x_)) return *stop;
      if (residual > least_gain * before) single.reset();
      before = residual;
      const double reduction = 0.3 * monitor_.goal() / residual;
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
                                 RepeatedRecursion<Work>& recursion) {
    using Real = Number<Work>;
    constexpr bool refines = !std::is_same_v<Work, Vector>;
    constexpr std::size_t interval = refines ? 5 : 10;  // iterations between two true residuals
    const double start = value(norm2(truth_));
    recursion.begin(1 / start, truth_);
    Real least = reduction;
    const auto wanted = [&] {
      return std::array<RangeCheck<Real>, 2>{
          {{least, sqrt(recursion.square), diverged}, {0, recursion.beta, INFINITY}}};
    };
    const auto iterate = [&] {
      recursion.step([&](const Work& b, Work& y, Work& w) { preconditioner.apply_and_multiply(b, y, w); });
      return wanted();
    };
    const auto go_on = [&](std::size_t done) { return !monitor_.out_of_budget(iterations_ + done); };
    while (true) {
      const Iterations run = recursion.loop.run_while(
          interval, {&recursion.rho, &recursion.omega, &recursion.beta, &recursion.square, &least}, iterate, go_on);
      iterations_ += run.done;
      passes_ += 2 * run.done * preconditioner.multiply_passes();
      axpy(start, recursion.z, x_);  // x = x + start z
      // The residual in floats may fail its check where the true one, which replaces it, does not.
      const bool sound = refines ? std::isfinite(value(recursion.square)) : run.sound;
      if (run.done < interval || !sound) return std::nullopt;
      fill(0, recursion.z);
      const double residual = problem_.inflow.residual(x_, truth_) / std::abs(value(sum(x_)));
      if (const auto stop = best_.check(monitor_, iterations_, ++passes_, residual, x_)) return stop;
      if (value(norm2(truth_) - 2 * start * sqrt(recursion.square)) > 0) return std::nullopt;
      if constexpr (refines) {  // on the host
        recursion.replace_residual(1 / start, truth_);
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

}  // namespace steady::detail
