// Gauss-Seidel: each state's balance equation solved in turn, with the newest values of the others.
//
// Stewart 1994, section 3.3. The direction of the sweep decides the speed: the one with more dependency levels carries
// a change further in one sweep. A sweep only adds positive numbers, so that it keeps small probabilities relatively
// exact. Memory: the matrix and 24 bytes a state in each sweep; a pass for the true residual after every few sweeps.
#pragma once

#include "solver/methods/problem.hpp"

namespace steady {

template <class Vector>
Outcome gauss_seidel(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const double w = problem.relaxation.value_or(1.0);
  Vector r(x.size());
  std::size_t passes = 0;
  for (std::size_t sweeps = 0, next_check = 0;; ++sweeps) {
    if (sweeps == next_check) {
      normalise(x);
      const double residual = problem.inflow.residual(x, r);  // ||x Q||
      if (const auto stop = monitor.check(sweeps, ++passes, residual)) return *stop;
      next_check = check_after(sweeps);
    }
    for (const Direction direction : problem.directions) {
      problem.inflow.gauss_seidel_sweep(direction, w, x);  // x (D - L) = x U
      ++passes;
    }
  }
}

}  // namespace steady
