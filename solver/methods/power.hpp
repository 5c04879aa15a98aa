// The power method on the uniformised chain P = 1 + Q / rate.
//
// Stewart, Introduction to the Numerical Solution of Markov Chains, 1994, section 3.1. The rate lies above the largest
// exit rate, so that P has positive diagonal entries and is aperiodic also for a periodic chain.
// Memory: the matrix and 24 bytes a state in each iteration, and 24 more in one of ten, where x is normalised.
#pragma once

#include "solver/methods/fixed_point.hpp"

namespace steady::detail {

template <class Vector>
Outcome power(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const double rate = 1.1 * problem.inflow.max_exit_rate();
  return fixed_point(x, monitor, [&](const Vector& from, Vector& to, Tally tally) {
    return problem.inflow.power_step(rate, from, to, tally);  // y = x P = x + x Q / rate, which keeps x 1
  });
}

}  // namespace steady::detail
