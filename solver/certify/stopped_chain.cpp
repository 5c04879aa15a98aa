#include "solver/certify/stopped_chain.hpp"

#include <algorithm>
#include <cmath>

#include "formats/matrix/list.hpp"

namespace steady {
namespace {

// The matrix without the rows of the stopped states.
Csr without(const Csr& rows, const std::vector<bool>& stopped) {
  Csr rest;
  rest.row_start.reserve(rows.row_start.size());
  rest.column.reserve(rows.entries());
  rest.value.reserve(rows.entries());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto first = static_cast<std::ptrdiff_t>(rows.row_start[i]);
    const auto last = static_cast<std::ptrdiff_t>(stopped[i] ? rows.row_start[i] : rows.row_start[i + 1]);
    rest.column.insert(rest.column.end(), rows.column.begin() + first, rows.column.begin() + last);
    rest.value.insert(rest.value.end(), rows.value.begin() + first, rows.value.begin() + last);
    rest.row_start.push_back(rest.column.size());
  }
  return rest;
}

}  // namespace

StoppedChain::StoppedChain(const Csr& rows, const std::vector<double>& exit_rate, const std::vector<bool>& stopped,
                           Direction direction)
    : direction_(direction) {
  std::vector<double> exit = exit_rate;
  for (std::size_t i = 0; i < exit.size(); ++i)
    if (stopped[i]) exit[i] = 1;
  const Csr rest = without(rows, stopped);
  rows_ = host_kernels().front().make(rest, exit, level_orders(rest, {&direction, 1}));
}

bool StoppedChain::solve(const std::vector<double>& b, std::vector<double>& x,
                         const std::function<bool(const HostVector&)>& enough, std::size_t& passes) const {
  const std::span<const State> order = rows_->order();
  HostVector right(b.size()), solution(b.size());
  for (std::size_t p = 0; p < b.size(); ++p) {
    right[p] = b[order[p]];
    solution[p] = x[order[p]];
  }
  const bool solved = bicgstab(right, solution, enough, passes) || sweep(right, solution, enough, passes);
  for (std::size_t p = 0; p < b.size(); ++p) x[order[p]] = solution[p];
  return solved;
}

void StoppedChain::residual(const HostVector& b, const HostVector& x, HostVector& r) const {
  rows_->residual(x, r);  // x R - x D
  axpy(1, b, r);
}

void StoppedChain::step(const HostVector& v, HostVector& z, HostVector& w) const {
  rows_->triangular_solve(direction_, v, z);
  rows_->add_later(direction_, -1, z, v, w);  // A z = v - z U
}

bool StoppedChain::bicgstab(const HostVector& b, HostVector& x, const std::function<bool(const HostVector&)>& enough,
                            std::size_t& passes) const {
  constexpr int most_restarts = 3;
  const std::size_t n = x.size();
  HostVector r(n), shadow(n), p(n), v(n), z(n), t(n), best = x;
  double best_norm = INFINITY;
  for (int restart = 0; restart <= most_restarts; ++restart) {
    residual(b, x, r);
    double norm = norm2(r);
    if (!(norm < best_norm)) break;  // worse than before, or not a number
    copy(x, best);
    best_norm = norm;
    if (enough(r)) return true;
    copy(r, shadow);
    fill(0, p);
    fill(0, v);
    double rho = 1, alpha = 1, omega = 1;
    while (passes > 3 && norm < 1e6 * best_norm) {
      const double rho_before = rho;
      rho = dot(shadow, r);
      if (rho == 0 || omega == 0) break;
      const double beta = rho / rho_before * (alpha / omega);
      axpy(-omega, v, p);
      axpby(1, r, beta, p);  // p = r + beta (p - omega v)
      step(p, z, v);
      alpha = rho / dot(shadow, v);
      axpy(alpha, z, x);
      axpy(-alpha, v, r);
      step(r, z, t);
      omega = dot(t, r) / dot(t, t);
      axpy(omega, z, x);
      axpy(-omega, t, r);  // r = b - A x
      passes -= 2;
      norm = norm2(r);
      if (enough(r)) break;
    }
    if (passes <= 3) break;
    --passes;
  }
  copy(best, x);
  return false;
}

bool StoppedChain::sweep(const HostVector& b, HostVector& x, const std::function<bool(const HostVector&)>& enough,
                         std::size_t& passes) const {
  HostVector right(x.size()), r(x.size());
  for (std::size_t sweeps = 0; passes > 1; ++sweeps) {
    rows_->add_later(direction_, 1, x, b, right);
    rows_->triangular_solve(direction_, right, x);  // x (D - L) = b + x U
    --passes;
    if (sweeps % 10 != 0) continue;
    residual(b, x, r);
    --passes;
    if (enough(r)) return true;
  }
  return false;
}

}  // namespace steady
