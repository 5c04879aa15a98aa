// IDR(s), preconditioned from the right, for the correction of the iterate x: d (D - R) = x Q.
//
// Sonneveld and van Gijzen 2008; the variant with biorthogonal vectors of van Gijzen and Sonneveld 2011 (Algorithm
// 913), s = 4. Each cycle takes the residual into the next, smaller space with s + 1 products. The true residual of the
// normalised iterate is measured after every other cycle, and all begins anew where the recursion has drifted from it.
// On a GPU the end, and a step of no length where the recursion divides by zero, are seen an iteration late. It is no
// IterationLoop: the least that repeats is a cycle, which may have to end after each of its products, and vectors
// change places. Memory: in each iteration a product with the preconditioned matrix and about 320 bytes a state.
#pragma once

#include <array>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "solver/methods/problem.hpp"

namespace steady::detail {

// `count` random vectors, the same on every run and device.
template <class Vector>
std::vector<Vector> shadow_space(std::size_t count, std::size_t size) {
  std::mt19937_64 random(1);
  std::vector<Vector> space(count);
  std::vector<double> entries(size);
  for (Vector& vector : space) {
    for (double& entry : entries) entry = 0x1p-63 * static_cast<double>(random()) - 1;
    upload(entries, vector);
    scale(1 / norm2(vector), vector);
  }
  return space;
}

template <class Vector>
Outcome idr(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  using Real = Number<Vector>;
  using std::abs, std::max;
  constexpr std::size_t s = 4;
  constexpr double diverged = 1e4;  // times the residual at the start
  using Row = std::array<Real, s>;
  const PreconditionerOperator<Vector>& preconditioner = problem.preconditioner;
  const std::vector<Vector> shadow = shadow_space<Vector>(s, x.size());
  std::vector<Vector> g, u;  // g = u (D - R)
  for (std::size_t i = 0; i < s; ++i) g.emplace_back(x.size()), u.emplace_back(x.size());
  Vector r(x.size()), v(x.size()), z(x.size()), w(x.size());
  Best<Vector> best;
  LaggedReadback<Real> readback;
  std::size_t iterations = 0, passes = 0;
  while (true) {
    normalise(x);
    const double residual = problem.inflow.residual(x, r);  // r = x Q
    if (const auto stop = best.check(monitor, iterations, ++passes, residual, x)) return *stop;
    const double start = value(norm2(r));
    const double target = 0.3 * start * monitor.goal() / residual;  // in the 2-norm
    std::array<Row, s> m{};                                              // m(i, k) = shadow_i . g_k, lower triangular
    for (std::size_t i = 0; i < s; ++i) m[i][i] = 1, fill(0, g[i]), fill(0, u[i]);
    Real omega = 1, estimate = start;
    readback.begin(start, 1);
    double length = start;  // of r, as last seen
    bool sound = true;
    const auto look = [&](const Real& step) {
      estimate = norm2(r);
      const auto [seen, factor] = readback(estimate, step);
      length = seen;
      sound = std::isfinite(factor) && factor != 0;
    };
    const auto done = [&] {
      return !sound || length <= target || !(length < diverged * start) || monitor.out_of_budget(iterations);
    };
    for (std::size_t cycle = 1; !done(); ++cycle) {
      Row f;
      dots(shadow, r, f);  // f_i = shadow_i . r
      for (std::size_t k = 0; k < s && !done(); ++k) {
        Row c{}, minus{};  // solve m c = f, from row k on
        for (std::size_t i = k; i < s; ++i) {
          Real rest = f[i];
          for (std::size_t j = k; j < i; ++j) rest -= m[i][j] * c[j];
          c[i] = ratio(rest, m[i][i]);
          minus[i] = -c[i];
        }
        const std::size_t left = s - k;
        copy(r, v);
        // v = r - sum c_i g_i
        add_combination(std::span(minus).subspan(k), std::span<const Vector>(&g[k], left), v);
        preconditioner.apply_and_multiply(v, z, w);  // z M = v, w = z (D - R)
        // z = omega z + sum c_i u_i, w = omega w + sum c_i g_i
        scale(omega, z);
        scale(omega, w);
        add_combination(std::span(c).subspan(k), std::span<const Vector>(&u[k], left), z);
        add_combination(std::span(c).subspan(k), std::span<const Vector>(&g[k], left), w);
        std::swap(u[k], z);
        std::swap(g[k], w);
        Row against;
        dots(shadow, g[k], against);  // made biorthogonal: shadow_i . g_k = 0 for i < k
        for (std::size_t i = 0; i < k; ++i) {
          const Real alpha = ratio(against[i], m[i][i]);  // alpha = shadow_i . g_k / m(i, i)
          axpy(-alpha, g[i], g[k]);                       // g_k = g_k - alpha g_i
          axpy(-alpha, u[i], u[k]);                       // u_k = u_k - alpha u_i
          for (std::size_t j = i; j < s; ++j) against[j] -= alpha * m[j][i];
        }
        for (std::size_t i = k; i < s; ++i) m[i][k] = against[i];
        const Real beta = ratio(f[k], m[k][k]);  // beta = f_k / m(k, k)
        axpy(-beta, g[k], r);                    // r = r - beta g_k
        axpy(beta, u[k], x);                     // x = x + beta u_k
        ++iterations;
        passes += preconditioner.multiply_passes();
        for (std::size_t i = k + 1; i < s; ++i) f[i] -= beta * m[i][k];  // f = shadow . r
        look(beta);
      }
      if (done()) break;
      preconditioner.apply_and_multiply(r, z, w);  // z M = r, w = z (D - R)
      const Real norm = norm2(w), product = dot(w, r), cosine = ratio(abs(product), norm * estimate);
      // omega = (w . r) / (w . w), longer where w and r are nearly orthogonal: Sleijpen and van der Vorst 1995
      omega = ratio(product, norm * norm) * max(Real(1), ratio(0.7, cosine));
      axpy(omega, z, x);   // x = x + omega z
      axpy(-omega, w, r);  // r = r - omega w
      ++iterations;
      passes += preconditioner.multiply_passes();
      look(omega);
      if (cycle % 2 != 0 || done()) continue;
      const double truth = problem.inflow.residual(x, w) / std::abs(value(sum(x)));
      if (const auto stop = best.check(monitor, iterations, ++passes, truth, x)) return *stop;
      sound = value(norm2(w) - 2 * estimate) <= 0;
    }
    if (!std::isfinite(value(sum(x)))) best.restore(x);
  }
}

}  // namespace steady::detail
