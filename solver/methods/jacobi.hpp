// Damped Jacobi: x <- (1 - w) x + w x R D^-1, the power method on the damped embedded chain.
//
// Stewart 1994, section 3.2. Undamped it does not converge where the embedded chain is periodic, as that of every
// birth-death chain is: hence w = 0.9 unless the user says otherwise.
// Memory: the matrix and 24 bytes a state in each iteration, and 24 more in one of ten, where x is normalised.
#pragma once

#include <utility>

#include "solver/methods/problem.hpp"

namespace steady {

template <class Vector>
Outcome jacobi(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const double w = problem.relaxation.value_or(0.9);
  Vector y(x.size());
  for (std::size_t k = 0, next_check = 0;; ++k) {
    const Tally tally = k == next_check || monitor.out_of_budget(k) ? Tally::yes : Tally::no;
    if (tally == Tally::yes) normalise(x);                          // sweeps keep x D 1
    const Pass pass = problem.inflow.jacobi_sweep(w, x, y, tally);  // y = x + w (x Q) D^-1
    if (tally == Tally::yes) {
      if (const auto stop = monitor.check(k, k + 1, pass.residual)) return *stop;
      next_check = check_after(k);
    }
    std::swap(x, y);
  }
}

}  // namespace steady
