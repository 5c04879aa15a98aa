// Damped Jacobi: x <- (1 - w) x + w x R D^-1, the power method on the damped embedded chain.
//
// Stewart 1994, section 3.2. Undamped it does not converge where the embedded chain is periodic, as that of every
// birth-death chain is: hence w = 0.9 unless the user says otherwise.
// Memory: the matrix and 24 bytes a state in each iteration, and 24 more in one of ten, where x is normalised.
#pragma once

#include "solver/methods/fixed_point.hpp"

namespace steady::detail {

template <class Vector>
Outcome jacobi(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const double w = problem.relaxation.value_or(0.9);
  return fixed_point(x, monitor, [&](const Vector& from, Vector& to, Tally tally) {
    return problem.inflow.jacobi_sweep(w, from, to, tally);  // y = x + w (x Q) D^-1, which keeps x D 1
  });
}

}  // namespace steady::detail
