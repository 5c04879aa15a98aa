#include "solver/certify/absorbing_system.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "formats/base/larger.hpp"
#include "formats/base/parallel.hpp"
#include "solver/kernel_choice.hpp"

namespace steady {
namespace {

// Whether a residual of `unit` times r is small enough; where it is not a number, it is not.
template <class Vector>
bool reached(const AbsorbingSystem::StoppingCriterion& goal, const Vector& r, double unit = 1) {
  if (goal.interrupted()) return true;
  struct Largest {
    double value = 0;
    Largest& operator+=(const Largest& other) {
      value = larger(value, other.value);
      return *this;
    }
  };
  const auto* entry = r.data();
  double size = 0;
  if (goal.size == AbsorbingSystem::StoppingCriterion::Size::sum)
    size = sum_over_blocks<double>(r.size(), [entry](std::size_t first, std::size_t last) {
      double block = 0;
      for (std::size_t i = first; i < last; ++i) block += std::abs(entry[i]);
      return block;
    });
  else
    size = sum_over_blocks<Largest>(r.size(), [entry](std::size_t first, std::size_t last) {
             Largest block;
             for (std::size_t i = first; i < last; ++i) block += {entry[i]};
             return block;
           }).value;
  return unit * size <= goal.limit;
}

// The matrix without the rows of the stopped states.
Csr without(const Csr& rows, const std::vector<bool>& stopped) {
  Csr rest;
  rest.row_start.reserve(rows.row_start.size());
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

AbsorbingSystem::AbsorbingSystem(const Csr& rows, const std::vector<double>& exit_rate,
                                 const std::vector<bool>& stopped, Direction direction)
    : direction_(direction) {
  std::vector<double> exit = exit_rate;
  std::size_t stops = 0;
  for (std::size_t i = 0; i < exit.size(); ++i)
    if (stopped[i]) exit[i] = INFINITY, ++stops;
  const std::optional<Csr> rest = 2 * stops > exit.size() ? std::optional(without(rows, stopped)) : std::nullopt;
  const Csr& matrix = rest ? *rest : rows;
  const LevelOrders orders = level_orders(matrix, {&direction, 1});
  levels_ = orders.front()->levels();
  auto fitting = choose_kernels(host_kernels(), matrix, {});
  rows_ = first_that_fits(fitting, [&](const auto& one) { return one.kernel->make(matrix, exit, orders); });
  single_ = rows_->in_single_precision();
  exit_.reserve(exit.size());
  stopped_.reserve(stops);
  for (const State state : rows_->order()) {
    if (stopped[state]) stopped_.push_back(static_cast<State>(exit_.size()));
    exit_.push_back(stopped[state] ? 0 : exit[state]);
  }
}

AbsorbingSystem::Result AbsorbingSystem::solve(std::vector<double> b, const StoppingCriterion& goal,
                                               std::size_t& passes) const {
  const std::size_t n = b.size();
  const std::span<const State> order = rows_->order();
  HostVector right(n), solution(n);
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t p = first; p < last; ++p) right[p] = b[order[p]];
  });
  std::vector<double>().swap(b);
  System system{right, solution, HostVector(n), solution, INFINITY, goal, 0};
  const auto spend = [&](std::size_t most, auto method) {
    system.passes = most;
    const bool reached = method();
    passes -= most - system.passes;
    return reached;
  };
  const bool reached = (single_ && spend(passes / 2, [&] { return bicgstab(*single_, system); })) ||
                       spend(passes, [&] { return bicgstab(*rows_, system) || sweep(system); });
  Result result{std::vector<double>(n), reached};
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t p = first; p < last; ++p) result.x[order[p]] = solution[p];
  });
  return result;
}

template <class Work>
void AbsorbingSystem::clear_stopped(Work& x) const {
  constexpr std::size_t worth_sharing = 4096;
#pragma omp parallel for schedule(static) if (stopped_.size() >= worth_sharing)
  for (std::size_t k = 0; k < stopped_.size(); ++k) x[stopped_[k]] = 0;
}

double AbsorbingSystem::measure(System& system) const {
  rows_->multiply(system.x, system.r);
  double* r = system.r.data();
  sum_over_blocks<int>(exit_.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t p = first; p < last; ++p) r[p] += system.b[p] - exit_[p] * system.x[p];
    return 0;
  });
  clear_stopped(system.r);
  --system.passes;
  const double norm = norm2(system.r);
  if (norm < system.best_norm) {
    copy(system.x, system.best);
    system.best_norm = norm;
  }
  return norm;
}

template <class Work>
void AbsorbingSystem::step(const RateOperator<Work>& rows, const Work& v, Work& z, Work& w) const {
  rows.triangular_solve(direction_, v, z);
  rows.add_later(direction_, -1, z, v, w);  // A z = v - z U
  clear_stopped(w);
}

// The recursion begins anew where its residual is not the true one, or it broke down, as long as that helps: floats are
// to gain a digit each time.
template <class Work>
bool AbsorbingSystem::bicgstab(const RateOperator<Work>& rows, System& system) const {
  constexpr double gain = std::is_same_v<Work, SingleVector> ? 0.1 : 1;
  constexpr int most_runs = 4;
  double before = INFINITY;
  for (int run = 0; system.passes > 0; ++run) {
    const double norm = measure(system);
    if (reached(system.goal, system.r)) return true;
    if (!(norm < gain * before) || run == most_runs || system.passes <= 3) break;
    before = norm;
    improve(rows, norm, system);
  }
  copy(system.best, system.x);
  return false;
}

// Adds to x a correction of its residual r, of that norm2.
template <class Work>
void AbsorbingSystem::improve(const RateOperator<Work>& rows, double norm, System& system) const {
  constexpr bool refines = std::is_same_v<Work, SingleVector>;
  constexpr std::size_t interval = 5;  // iterations between true residuals, where these replace the recursion's
  constexpr double diverged = 1e6;     // times the residual at the start
  std::optional<SubnormalsAsZero> quick;
  if (refines) quick.emplace();
  const std::size_t n = system.x.size();
  Work r(n), shadow(n), p(n), v(n), y(n), t(n);
  Work z(n);  // the correction, in units of the norm
  assign(1 / norm, system.r, r);
  copy(r, shadow);
  copy(r, p);
  double rho = 1;
  for (std::size_t k = 1; system.passes > 3; ++k) {
    step(rows, p, y, v);
    const double alpha = rho / dot(shadow, v);
    axpy(alpha, y, z);
    axpy(-alpha, v, r);
    step(rows, r, y, t);
    const auto [product, square] = dot_and_square(r, t);
    const double omega = product / square;
    axpy(omega, y, z);
    auto [next, length] = axpy_dot_and_square(-omega, t, r, shadow);
    system.passes -= 2;
    if (!(length < diverged * diverged)) break;
    if (refines && k % interval == 0) {
      axpy(norm, z, system.x);
      fill(0, z);
      const double truth = measure(system);
      if (reached(system.goal, system.r) || !(truth <= 2 * norm * std::sqrt(length))) return;
      assign(1 / norm, system.r, r);
      std::tie(next, length) = dot_and_square(shadow, r);
    } else if (reached(system.goal, r, norm)) {
      break;
    }
    const double beta = next / rho * (alpha / omega);
    if (!std::isfinite(beta) || beta == 0) break;
    rho = next;
    axpbypcz(1, r, -beta * omega, v, beta, p);  // p = r + beta (p - omega v)
  }
  axpy(norm, z, system.x);
}

bool AbsorbingSystem::sweep(System& system) const {
  HostVector right(system.x.size());
  for (std::size_t sweeps = 0; system.passes > 1; ++sweeps) {
    rows_->add_later(direction_, 1, system.x, system.b, right);
    rows_->triangular_solve(direction_, right, system.x);  // x (D - L) = b + x U
    --system.passes;
    if (system.goal.interrupted()) return true;
    if (sweeps % 10 != 0) continue;
    measure(system);
    if (reached(system.goal, system.r)) return true;
  }
  return false;
}

}  // namespace steady
