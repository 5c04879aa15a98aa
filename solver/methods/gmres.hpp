// Restarted GMRES, preconditioned from the right, for the correction d of the iterate x: d (D - R) = x Q.
//
// Saad and Schultz 1986; right preconditioning as in Saad, Iterative Methods for Sparse Linear Systems, 2003, section
// 9.3.2. The system is singular but consistent, as x Q sums to 0. Each restart measures the true residual of the
// normalised x. It is no IterationLoop: each iteration waits for its column of the Hessenberg matrix, and the next one
// has a vector more. Memory: in iteration j of a cycle a pass over the matrix and 16 (j + 1) to 32 (j + 1) bytes a
// state for the basis.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "solver/methods/problem.hpp"

namespace steady::detail {

// The small least-squares problem of a cycle: Hessenberg matrix, kept triangular by Givens rotations.
class Hessenberg {
 public:
  explicit Hessenberg(std::size_t columns)
      : stride_(columns + 1), h_(stride_ * columns), cos_(columns), sin_(columns) {}

  double& operator()(std::size_t i, std::size_t j) { return h_[j * stride_ + i]; }

  void start(double beta) { g_.assign(stride_, 0.0), g_[0] = beta; }

  // Rotates column j into triangular form; returns the residual norm of the problem with j + 1 columns.
  double rotate(std::size_t j) {
    Hessenberg& h = *this;
    for (std::size_t i = 0; i < j; ++i) {
      const double upper = h(i, j);
      h(i, j) = cos_[i] * upper + sin_[i] * h(i + 1, j);
      h(i + 1, j) = cos_[i] * h(i + 1, j) - sin_[i] * upper;
    }
    const double length = std::hypot(h(j, j), h(j + 1, j));
    cos_[j] = length > 0 ? h(j, j) / length : 1;
    sin_[j] = length > 0 ? h(j + 1, j) / length : 0;
    h(j, j) = length;
    g_[j + 1] = -sin_[j] * g_[j];
    g_[j] *= cos_[j];
    return std::abs(g_[j + 1]);
  }

  // Coefficients of the first `columns` basis vectors. A zero pivot belongs to the null space: its coefficient is 0.
  std::vector<double> solve(std::size_t columns) {
    std::vector<double> y(columns);
    for (std::size_t i = columns; i-- > 0;) {
      double rest = g_[i];
      for (std::size_t k = i + 1; k < columns; ++k) rest -= (*this)(i, k) * y[k];
      const double pivot = (*this)(i, i);
      y[i] = pivot > 0 ? rest / pivot : 0;
    }
    return y;
  }

 private:
  std::size_t stride_;
  std::vector<double> h_, cos_, sin_, g_;
};

// w = w - its projection onto the orthonormal v, whose coefficients go to h; returns the norm of what is left.
// Classical Gram-Schmidt reads the basis twice, however long it is; once more where much of w was cancelled, which
// makes it as good as the modified one (Daniel, Gragg, Kaufman and Stewart 1976). Waits for its numbers once each time.
template <class Vector>
double orthogonalise(std::span<const Vector> v, Vector& w, std::span<double> h) {
  std::vector<Number<Vector>> part(v.size());
  std::fill(h.begin(), h.end(), 0.0);
  for (bool again = false;; again = true) {
    dots(v, w, part);
    for (Number<Vector>& coefficient : part) coefficient = -coefficient;
    part.push_back(add_combination(part, v, w));
    const std::vector<double> seen = values(part);
    part.pop_back();
    double cancelled = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
      h[i] -= seen[i];
      cancelled += seen[i] * seen[i];
    }
    const double rest = seen.back();
    if (again || rest * rest > cancelled) return rest;
  }
}

// `flexible` (Saad 1993): the preconditioned vectors are kept, 8 more bytes a state and iteration, and M may differ
// from one iteration to the next.
template <class Vector, bool flexible>
Outcome gmres_with(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const std::size_t m = problem.restart;
  std::vector<Vector> v, z;  // orthonormal basis, and z M = v; grown as far as a cycle goes
  v.emplace_back(x.size());
  z.emplace_back(x.size());
  Vector w(x.size());
  Best<Vector> best;
  Hessenberg h(m);
  std::size_t iterations = 0, passes = 0;
  while (true) {
    normalise(x);
    const double residual = problem.inflow.residual(x, v[0]);  // v_0 = x Q
    if (const auto stop = best.check(monitor, iterations, ++passes, residual, x)) return *stop;
    const double beta = value(norm2(v[0]));
    const double target = 0.3 * beta * monitor.goal() / residual;  // in the 2-norm
    scale(1 / beta, v[0]);                                              // v_0 = x Q / beta
    h.start(beta);

    std::size_t j = 0;
    for (double estimate = beta; j < m && estimate > target && !monitor.out_of_budget(iterations); ++j) {
      if (flexible && z.size() == j) z.emplace_back(x.size());
      problem.preconditioner.apply_and_multiply(v[j], z[flexible ? j : 0], w);  // z M = v_j, w = z (D - R)
      // h(i, j) = w . v_i, w = w - sum of h(i, j) v_i, h(j + 1, j) = ||w||
      const double length = h(j + 1, j) = orthogonalise<Vector>({v.data(), j + 1}, w, {&h(0, j), j + 1});
      estimate = h.rotate(j);  // min over y of ||beta e_0 - H y||
      ++iterations;
      passes += problem.preconditioner.multiply_passes();
      if (!(length > 0)) {  // the space is exhausted
        ++j;
        break;
      }
      if (v.size() == j + 1) v.emplace_back(x.size());
      copy(w, v[j + 1]);
      scale(1 / length, v[j + 1]);  // v_(j+1) = w / h(j + 1, j)
    }

    const std::vector<double> solution = h.solve(j);
    const std::vector<Number<Vector>> y(solution.begin(), solution.end());
    if (flexible) {
      add_combination(y, std::span<const Vector>(z.data(), j), x);  // x = x + sum y_i z_i
      continue;
    }
    fill(0, w);
    add_combination(y, std::span<const Vector>(v.data(), j), w);  // w = sum y_i v_i
    problem.preconditioner.apply(w, z[0]);
    passes += problem.preconditioner.apply_passes();
    axpy(1, z[0], x);  // x = x + w M^-1
  }
}

template <class Vector>
Outcome gmres(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  return gmres_with<Vector, false>(problem, x, monitor);
}

template <class Vector>
Outcome fgmres(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  return gmres_with<Vector, true>(problem, x, monitor);
}

}  // namespace steady::detail
