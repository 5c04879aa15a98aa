// The power method on the uniformised chain P = 1 + Q / rate.
//
// Stewart, Introduction to the Numerical Solution of Markov Chains, 1994, section 3.1. The rate lies above the largest
// exit rate, so that P has positive diagonal entries and is aperiodic also for a periodic chain.
// Memory: the matrix and 24 bytes a state in each iteration.
#pragma once

#include <utility>

#include "solver/methods/problem.hpp"

namespace steady {

template <class Vector>
Outcome power(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const double rate = 1.1 * problem.inflow.max_exit_rate();
  Vector y(x.size());
  for (std::size_t k = 0;; ++k) {
    normalise(x);                                                                // x 1 = 1
    const Pass pass = problem.inflow.power_step(rate, x, y);                     // y = x P
    if (const auto stop = monitor.check(k, k + 1, pass.residual)) return *stop;  // ||x Q||
    std::swap(x, y);
  }
}

}  // namespace steady
