// Gauss-Seidel: each state's balance equation solved in turn, with the newest values of the others.
//
// Stewart 1994, section 3.3. The direction of the sweep decides the speed: the one with more dependency levels carries
// a change further in one sweep. A sweep only adds positive numbers, so that it keeps small probabilities relatively
// exact. Memory: the matrix and 24 bytes a state in each sweep; a pass for the true residual after every few sweeps.
#pragma once

#include "solver/methods/problem.hpp"

namespace steady::detail {

template <class Vector>
Outcome gauss_seidel(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const double w = problem.relaxation.value_or(1.0);
  Vector r(x.size());
  std::size_t passes = 0;
  for (std::size_t sweeps = 0;;) {
    normalise(x);
    const double residual = problem.inflow.residual(x, r);  // ||x Q||
    if (const auto stop = monitor.check(sweeps, ++passes, residual)) return *stop;
    std::size_t rounds = check_after(sweeps) - sweeps;
    while (rounds > 1 && monitor.out_of_budget(sweeps + rounds - 1)) --rounds;
    problem.inflow.gauss_seidel_sweeps(problem.directions, w, rounds, x);  // x (D - L) = x U
    sweeps += rounds;
    passes += rounds * problem.directions.size();
  }
}

}  // namespace steady::detail
