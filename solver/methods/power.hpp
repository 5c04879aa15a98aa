// The power method on the uniformised chain P = 1 + Q / rate.
//
// Stewart, Introduction to the Numerical Solution of Markov Chains, 1994, section 3.1. The rate lies above the largest
// exit rate, so that P has positive diagonal entries and is aperiodic also for a periodic chain.
// Memory: the matrix and 24 bytes a state in each iteration, and 24 more in one of ten, where x is normalised.
#pragma once

#include <utility>

#include "solver/methods/problem.hpp"

namespace steady {

template <class Vector>
Outcome power(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const double rate = 1.1 * problem.inflow.max_exit_rate();
  Vector y(x.size());
  for (std::size_t k = 0, next_check = 0;; ++k) {
    const Tally tally = k == next_check || monitor.out_of_budget(k) ? Tally::yes : Tally::no;
    if (tally == Tally::yes) normalise(x);                           // x 1 = 1, which steps keep
    const Pass pass = problem.inflow.power_step(rate, x, y, tally);  // y = x P
    if (tally == Tally::yes) {
      if (const auto stop = monitor.check(k, k + 1, pass.residual)) return *stop;  // ||x Q||
      next_check = check_after(k);
    }
    std::swap(x, y);
  }
}

}  // namespace steady
