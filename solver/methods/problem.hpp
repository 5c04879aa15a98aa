// What every method is given: one irreducible chain on one device, and how to go about it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "formats/matrix/rate_operator.hpp"
#include "formats/vectors/number.hpp"
#include "solver/elimination/elimination_plan.hpp"
#include "solver/methods/monitor.hpp"
#include "solver/preconditioners/preconditioner_operator.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

template <class Vector>
struct Problem {
  const IrreducibleChain& chain;
  const RateOperator<Vector>& inflow;
  const PreconditionerOperator<Vector>& preconditioner;
  std::vector<Direction> directions;  // of one round of sweeps: one, or both for a symmetric one
  std::optional<double> relaxation;   // empty: the method's own
  std::size_t restart = 30;
  bool another_waits = false;  // to be tried where this method fails or would take long
  EliminationLimits elimination = {};
  // The same preconditioner on floats, for a method that refines with them; null: doubles throughout.
  const PreconditionerOperator<typename Vector::Single>* single = nullptr;
};

// The iteration after `k` in which to measure the residual: soon at first, in the long run one of ten.
inline std::size_t check_after(std::size_t k) { return k + std::clamp<std::size_t>(k / 4, 1, 10); }

// Makes x sum to 1. A sum that is zero or not finite is left for the residual to show.
template <class Vector>
void normalise(Vector& x) {
  scale(1 / sum(x), x);
}

// The best iterate of a method whose residual may rise on the way: what it stops with.
template <class Vector>
class Best {
 public:
  // Monitor::check, with x set to the best iterate where it says to stop. `residual`: of x, normalised or not.
  std::optional<Outcome> check(Monitor& monitor, std::size_t iterations, std::size_t passes, double residual,
                               Vector& x) {
    std::optional<Outcome> stop = monitor.check(iterations, passes, residual);
    if (residual < residual_) {
      residual_ = residual;
      if (!stop) keep(x);
    } else if (stop && x_.size() > 0) {
      copy(x_, x);
      stop->residual = residual_ / monitor.unit();
    }
    return stop;
  }

  // x = the best iterate so far.
  void restore(Vector& x) const { copy(x_, x); }

 private:
  void keep(const Vector& x) {
    if (x_.size() == 0) x_ = Vector(x.size());
    copy(x, x_);
  }

  Vector x_;
  double residual_ = INFINITY;
};

}  // namespace steady::detail
