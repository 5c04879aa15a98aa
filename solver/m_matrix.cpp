#include "solver/m_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "formats/base/larger.hpp"
#include "formats/vectors/host.hpp"
#include "solver/elimination/elimination.hpp"

namespace steady {

std::vector<ExtendedRange> solve_by_elimination(const MMatrix& matrix, Side side, const std::vector<double>& b,
                                                const std::function<bool()>& stop) {
  const std::size_t n = matrix.inflow.rows() + 1;  // 0: all that the chain leaves for
  std::vector<double> rate(n * n, 0.0);            // rate[i n + j] of i -> j
  for (std::size_t j = 1; j < n; ++j) {
    for (std::uint64_t k = matrix.inflow.row_start[j - 1]; k < matrix.inflow.row_start[j]; ++k)
      rate[(matrix.inflow.column[k] + std::size_t{1}) * n + j] = matrix.inflow.value[k];
    rate[j * n] = matrix.absorption_rate[j - 1];
  }
  const Elimination elimination(n, std::move(rate), stop);
  if (!elimination.done()) return {};
  std::vector<ExtendedRange> x{0};
  x.insert(x.end(), b.begin(), b.end());
  side == Side::rows ? elimination.solve_row(x) : elimination.solve_column(x);
  x.erase(x.begin());
  return x;
}

double flow_balance(const MMatrix& matrix, const std::vector<double>& b, const std::vector<ExtendedRange>& x) {
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    ExtendedRange in = b[i];
    for (std::uint64_t k = matrix.inflow.row_start[i]; k < matrix.inflow.row_start[i + 1]; ++k)
      in += x[matrix.inflow.column[k]] * matrix.inflow.value[k];
    const ExtendedRange out = x[i] * matrix.exit_rate[i];
    if (in == 0 && out == 0) continue;
    largest = larger(largest, std::abs(static_cast<double>((in - out) / out)));
  }
  return largest;
}

namespace {

// A vector of twice a double's digits: high + low.
struct Sum {
  HostVector high, low;

  explicit Sum(std::size_t size) : high(size), low(size) {}
  long double operator[](std::size_t i) const { return static_cast<long double>(high[i]) + low[i]; }

  void add(const HostVector& z) {
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double sum = high[i] + z[i], part = sum - high[i];
      const double rest = (high[i] - (sum - part)) + (z[i] - part) + low[i];  // Knuth 1969: exact but for the last sum
      high[i] = sum + rest;
      low[i] = rest - (high[i] - sum);
    }
  }
  void raise_negatives() {
    for (std::size_t i = 0; i < high.size(); ++i)
      if (high[i] < 0) high[i] = low[i] = 0;
  }
};

// All rates that leave each state. Where the chain stays for long, what a double of them is rounded by would count for
// more than what leads out.
std::vector<long double> long_exit_rates(const MMatrix& matrix) {
  std::vector<long double> exit(matrix.absorption_rate.begin(), matrix.absorption_rate.end());
  for (std::size_t k = 0; k < matrix.inflow.column.size(); ++k) exit[matrix.inflow.column[k]] += matrix.inflow.value[k];
  return exit;
}

// The system B x = b, B = D - R for columns and its transpose for rows, with its incomplete factors.
class System {
 public:
  System(const MMatrix& matrix, Side side, const std::vector<double>& b)
      : side_(side),
        rates_(side == Side::columns ? transpose(matrix.inflow, Checked::yes) : matrix.inflow),
        factors_(rates_.value),
        exit_(matrix.exit_rate),
        out_(side == Side::columns
                 ? std::vector<long double>(matrix.absorption_rate.begin(), matrix.absorption_rate.end())
                 : long_exit_rates(matrix)),
        pivot_(matrix.exit_rate),
        b_(b) {
    factorise();
  }

  std::size_t size() const { return b_.size(); }

  // r = b - B x; returns its size, as the header says. x is a sum of two, and the products are added up in long
  // doubles: where the chain stays for millions of steps, what one double of x is rounded by would hide the rest.
  double residual(const Sum& x, HostVector& r) const {
#pragma omp parallel for schedule(static) if (size() > HostVector::block)
    for (std::size_t i = 0; i < size(); ++i) {
      long double rest = b_[i] - out_[i] * x[i];
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k)
        rest += rates_.value[k] * flowing(x, i, rates_.column[k]);
      r[i] = static_cast<double>(rest);
    }
    double largest = 0, sum = 0;
    for (std::size_t i = 0; i < r.size(); ++i) {
      largest = larger(largest, std::abs(r[i]) / exit_[i]);
      sum += std::abs(r[i]);
    }
    return side_ == Side::columns ? largest : sum;
  }

  // What rounding alone may leave of it.
  double rounding(const Sum& x) const {
    double sum = 0, largest = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      long double terms = std::abs(b_[i]) + out_[i] * std::abs(x[i]);
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k)
        terms += rates_.value[k] * std::abs(flowing(x, i, rates_.column[k]));
      sum += static_cast<double>(terms);
      largest = larger(largest, static_cast<double>(terms) / exit_[i]);
    }
    constexpr auto unit = static_cast<double>(std::numeric_limits<long double>::epsilon());
    return 2 * unit * (side_ == Side::columns ? largest : sum);
  }

  // z = M^-1 v, w = B z.
  void precondition(const HostVector& v, HostVector& z, HostVector& w) const {
    solve_factors(v, z);
    multiply(z, w);
  }

  // x = x + M^-1 (b - B x), a few times; r and z are work space.
  void sweep(Sum& x, HostVector& r, HostVector& z, int times) const {
    for (int k = 0; k < times; ++k) {
      residual(x, r);
      solve_factors(r, z);
      add(z, x);
    }
  }

  void add(const HostVector& z, Sum& x) const {
    x.add(z);
    if (side_ == Side::rows) x.raise_negatives();
  }

 private:
  // What a rate between i and k is multiplied by in row i. For columns that is a difference: where the chain hardly
  // ever leaves, x is nearly the same everywhere, and sums of its entries would round away what matters.
  long double flowing(const Sum& x, std::size_t i, std::size_t k) const {
    if (side_ == Side::rows) return x[k];
    return (static_cast<long double>(x.high[k]) - x.high[i]) + (static_cast<long double>(x.low[k]) - x.low[i]);
  }

  // y = B x
  void multiply(const HostVector& x, HostVector& y) const {
#pragma omp parallel for schedule(static) if (size() > HostVector::block)
    for (std::size_t i = 0; i < size(); ++i) {
      double flow = 0;
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k)
        flow += rates_.value[k] * x[rates_.column[k]];
      y[i] = exit_[i] * x[i] - flow;
    }
  }

  // M = (1 - L) (P - U) in the places of B's entries: L and U are not negative, P is positive.
  void factorise() {
    std::vector<std::uint64_t> place(size(), 0);  // of a column in row i, from 1; 0: not there
    for (std::size_t i = 0; i < size(); ++i) {
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k) place[rates_.column[k]] = k + 1;
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1] && rates_.column[k] < i; ++k) {
        const State j = rates_.column[k];
        const double factor = factors_[k] /= pivot_[j];
        for (std::uint64_t e = rates_.row_start[j]; e < rates_.row_start[j + std::size_t{1}]; ++e) {
          const State column = rates_.column[e];
          if (column <= j) continue;
          if (column == i)
            pivot_[i] -= factor * factors_[e];
          else if (place[column] > 0)
            factors_[place[column] - 1] += factor * factors_[e];
        }
      }
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k) place[rates_.column[k]] = 0;
    }
  }

  // z = M^-1 v
  void solve_factors(const HostVector& v, HostVector& z) const {
    for (std::size_t i = 0; i < size(); ++i) {
      double sum = v[i];
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1] && rates_.column[k] < i; ++k)
        sum += factors_[k] * z[rates_.column[k]];
      z[i] = sum;
    }
    for (std::size_t i = size(); i-- > 0;) {
      double sum = z[i];
      for (std::uint64_t k = rates_.row_start[i + 1]; k-- > rates_.row_start[i] && rates_.column[k] > i;)
        sum += factors_[k] * z[rates_.column[k]];
      z[i] = sum / pivot_[i];
    }
  }

  Side side_;
  Csr rates_;                    // row i: the entries of -B
  std::vector<double> factors_;  // L and U, at the places of the rates
  const std::vector<double>& exit_;
  std::vector<long double> out_;  // what x is multiplied by in its own row beside flowing()
  std::vector<double> pivot_;     // P
  HostVector b_;
};

// BiCGSTAB for B x = r from x = 0, for so many iterations or until the recursive residual, which r becomes, has fallen
// by `reduction`, or spent(iterations) says stop, or the recursion breaks down. Returns the iterations.
template <class Spent>
std::size_t bicgstab_cycle(const System& system, HostVector& r, HostVector& x, double reduction, std::size_t most,
                           Spent spent) {
  const std::size_t n = system.size();
  HostVector shadow(n), p(n), v(n), t(n), z(n);
  copy(r, shadow);
  fill(0, x);
  const double target = reduction * norm2(r);
  double rho = 1, alpha = 1, omega = 1;
  for (std::size_t k = 0; k < most; ++k) {
    const double rho_before = std::exchange(rho, dot(shadow, r));
    const double beta = k == 0 ? 0 : rho / rho_before * alpha / omega;
    axpy(-omega, v, p);
    axpby(1, r, beta, p);          // p = r + beta (p - omega v)
    system.precondition(p, z, v);  // z = M^-1 p, v = B z
    alpha = rho / dot(shadow, v);
    if (!std::isfinite(alpha) || !std::isfinite(beta)) return k;
    axpy(alpha, z, x);
    axpy(-alpha, v, r);            // r is now s
    system.precondition(r, z, t);  // z = M^-1 s, t = B z
    const double length = dot(t, t);
    omega = length > 0 ? dot(t, r) / length : 0;
    axpy(omega, z, x);
    axpy(-omega, t, r);
    if (omega == 0 || norm2(r) <= target || spent(k + 1)) return k + 1;
  }
  return most;
}

}  // namespace

Outcome solve_by_bicgstab(const MMatrix& matrix, Side side, const std::vector<double>& b, std::vector<double>& result,
                          Monitor& monitor) {
  const System system(matrix, side, b);
  Sum x(b.size()), best(b.size());
  HostVector r(b.size()), z(b.size());
  double best_residual = INFINITY;
  std::size_t iterations = 0, passes = 0, cycle = 40;
  while (true) {
    system.sweep(x, r, z, 2);
    const double residual = system.residual(x, r);
    passes += 5;
    std::optional<Outcome> stop;
    if (std::isfinite(residual)) stop = monitor.check(iterations, passes, residual);
    if (!stop && residual <= system.rounding(x)) stop = monitor.verdict(iterations, passes, residual);
    if (residual < best_residual) {
      best_residual = residual;
      best = x;
      cycle = std::min<std::size_t>(2 * cycle, 500);
    } else if (!stop) {  // BiCGSTAB has led astray: from the best iterate by sweeps, which always lead on
      x = best;
      system.sweep(x, r, z, 50);
      best_residual = system.residual(x, r);
      if (!std::isfinite(best_residual)) stop = {Stop::broke_down, iterations, passes, best_residual};
      best = x;
      passes += 101;
      cycle = 20;
    }
    if (stop) {
      stop->residual = best_residual / monitor.unit();
      result.assign(best.high.data(), best.high.data() + best.high.size());
      return *stop;
    }
    const double reduction = std::fmax(1e-6, 0.1 * monitor.tolerance() / residual);  // what a recursion keeps true
    const std::size_t done = bicgstab_cycle(system, r, z, reduction, cycle,
                                            [&](std::size_t k) { return monitor.out_of_budget(iterations + k); });
    system.add(z, x);
    iterations += done;
    passes += 4 * done;
  }
}

}  // namespace steady
