// The recursion of BiCGStab (van der Vorst 1992) for a correction z with z A = r, r the residual of an iterate,
// preconditioned from the right. Whoever runs it decides when it ends and begins anew.
#pragma once

#include <cstddef>
#include <tuple>

#include "formats/vectors/number.hpp"

namespace steady::detail {

template <class Vector>
struct BicgstabRecursion {
  using Real = Number<Vector>;

  explicit BicgstabRecursion(std::size_t n) : r(n), shadow(n), p(n), v(n), y(n), t(n), z(n) {}

  // From z = 0 and `factor` times the residual, which makes that a vector of norm2 1.
  template <class Residual>
  void begin(double factor, const Residual& residual) {
    assign(factor, residual, r);
    copy(r, shadow);
    copy(r, p);
    fill(0, v);
    fill(0, z);
    rho = rho_before = alpha = omega = square = 1;
    beta = 0;
  }

  // One iteration, with two products. apply_and_multiply(b, y, w): solves y M = b and computes w = y A.
  template <class ApplyAndMultiply>
  void step(ApplyAndMultiply apply_and_multiply) {
    axpbypcz(1, r, -beta * omega, v, beta, p);  // p = r + beta (p - omega v)
    rho_before = rho;                           // rho = shadow . r
    apply_and_multiply(p, y, v);                // y M = p, v = y A
    alpha = ratio(rho, dot(shadow, v));         // alpha = rho / (shadow . v)
    axpy(alpha, y, z);                          // z = z + alpha y
    axpy(-alpha, v, r);                         // s = r - alpha v, in the place of r
    apply_and_multiply(r, y, t);                // y M = s, t = y A
    const auto [product, length] = dot_and_square(r, t);
    omega = ratio(product, length);                                     // omega = (s . t) / (t . t)
    axpy(omega, y, z);                                                  // z = z + omega y
    std::tie(rho, square) = axpy_dot_and_square(-omega, t, r, shadow);  // r = s - omega t, rho = shadow . r
    find_beta();
  }

  // Puts `factor` times the true residual in the place of the recursion's own, which drifts from it.
  template <class Residual>
  void replace_residual(double factor, const Residual& residual) {
    assign(factor, residual, r);
    std::tie(rho, square) = dot_and_square(shadow, r);
    find_beta();
  }

  Vector r, shadow, p, v, y, t;
  Vector z;                           // the correction
  Real rho = 1, beta = 0, omega = 1;  // 0 or not a number where it breaks down
  Real square = 1;                    // of r's norm2
  Real rho_before = 1, alpha = 1;

 private:
  // beta = (rho / rho_before) (alpha / omega)
  void find_beta() { beta = ratio(rho, rho_before) * ratio(alpha, omega); }
};

}  // namespace steady::detail
