#include "solver/entrywise_system.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/in_parallel.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/larger.hpp"

namespace steady {
namespace {

constexpr double balanced = 1e-13;
constexpr double least_held = 0x1p-422;  // 2^600 times what a double holds at least
constexpr double least_corrected = 0x1p-500;
constexpr std::size_t between_looks = 4;  // rounds of sweeps

struct Largest {
  double value = 0;
  Largest& operator+=(const Largest& other) {
    value = larger(value, other.value);
    return *this;
  }
};

// The largest f(p) over all positions, 0 at least.
template <class Function>
double largest_of(std::size_t size, Function f) {
  return sum_over_blocks<Largest>(size,
                                  [&](std::size_t first, std::size_t last) {
                                    Largest block;
                                    for (std::size_t p = first; p < last; ++p) block += {f(p)};
                                    return block;
                                  })
      .value;
}

}  // namespace

// The reference is left at once, with an infinite rate: what sweeps compute there is 0.
EntrywiseSystem::EntrywiseSystem(const Irreducible& chain, State reference, Direction first) : first_(first) {
  std::vector<double> exit = chain.exit_rate;
  exit[reference] = INFINITY;
  const Direction directions[] = {first, opposite(first)};
  const LevelOrders orders = level_orders(chain.inflow, directions);
  auto fitting = choose_kernels(host_kernels(), chain.inflow, {});
  rows_ = first_that_fits(fitting, [&](const auto& one) { return one.kernel->make(chain.inflow, exit, orders); });
  exit_.reserve(exit.size());
  for (const State state : rows_->order()) exit_.push_back(state == reference ? 0 : exit[state]);
}

HostVector EntrywiseSystem::arranged(const std::vector<double>& x) const {
  const std::span<const State> order = rows_->order();
  HostVector result(x.size());
  for_each_entry(x.size(), [&](std::size_t p) { result[p] = x[order[p]]; });
  return result;
}

void EntrywiseSystem::rearrange(const HostVector& from, std::vector<double>& to) const {
  const std::span<const State> order = rows_->order();
  for_each_entry(to.size(), [&](std::size_t p) { to[order[p]] = from[p]; });
}

// r = b - x M; 0 in the reference
void EntrywiseSystem::find_rest(const HostVector& b, const HostVector& x, HostVector& r) const {
  rows_->multiply(x, r);
  for_each_entry(exit_.size(), [&](std::size_t p) { r[p] = exit_[p] > 0 ? b[p] + r[p] - exit_[p] * x[p] : 0; });
}

bool EntrywiseSystem::reached(const HostVector& b, const HostVector& x, HostVector& r, Goal goal) const {
  find_rest(b, x, r);
  return largest_of(exit_.size(), [&](std::size_t p) {
           if (exit_[p] == 0) return 0.0;
           if (goal == Goal::majorised) return r[p] <= 0.45 * b[p] ? 0.0 : 1.0;
           return x[p] < least_held || std::abs(r[p]) <= balanced * x[p] * exit_[p] ? 0.0 : 1.0;
         }) == 0;
}

void EntrywiseSystem::sweep_once(Direction direction, const HostVector& b, HostVector& x, HostVector& right) const {
  rows_->add_later(direction, 1, x, b, right);
  rows_->triangular_solve(direction, right, x);  // x (D - L) = b + x U
}

void EntrywiseSystem::sweep_both_ways(const HostVector& b, HostVector& x, HostVector& right, Budget& budget) const {
  sweep_once(opposite(first_), b, x, right);
  sweep_once(first_, b, x, right);
  budget.passes -= std::min<std::size_t>(budget.passes, 2);
}

bool EntrywiseSystem::sweep(const std::vector<double>& b, std::vector<double>& x, Goal goal, Budget& budget) const {
  const SubnormalsAsZero quick;
  const HostVector right = arranged(b);
  HostVector own = arranged(x), work(x.size());
  bool done = reached(right, own, work, goal);
  for (std::size_t rounds = 0; !done && !budget.spent(); ++rounds) {
    sweep_both_ways(right, own, work, budget);
    if (rounds % between_looks == between_looks - 1 || budget.passes == 0) done = reached(right, own, work, goal);
  }
  rearrange(own, x);
  return done;
}

// What z is to solve: z M = r, r in units of `unit`.
struct EntrywiseSystem::Correction {
  HostVector unit;  // 0 where nothing is corrected
  HostVector r, z;
  std::function<bool(const HostVector&)> good_enough;  // what is left of r
};

// z M = v about, w = z M, v and w in units.
void EntrywiseSystem::step(const Correction& c, const HostVector& v, HostVector& z, HostVector& w) const {
  HostVector right(v.size());
  for_each_entry(v.size(), [&](std::size_t p) { right[p] = v[p] * c.unit[p]; });
  rows_->triangular_solve(first_, right, z);
  rows_->add_later(first_, -1, z, right, w);  // z M = right - z U
  for_each_entry(v.size(), [&](std::size_t p) { w[p] = c.unit[p] > 0 ? w[p] / c.unit[p] : 0; });
}

// Finds z, and what is left of r.
void EntrywiseSystem::improve(Correction& c, Budget& budget) const {
  constexpr double diverged = 1e6;
  const std::size_t n = c.r.size();
  HostVector shadow = c.r, p = c.r, v(n), y(n), t(n);
  auto [rho, start] = dot_and_square(shadow, c.r);
  while (!budget.spent()) {
    step(c, p, y, v);
    const double alpha = rho / dot(shadow, v);
    axpy(alpha, y, c.z);
    axpy(-alpha, v, c.r);
    step(c, c.r, y, t);
    const auto [product, square] = dot_and_square(c.r, t);
    const double omega = product / square;
    axpy(omega, y, c.z);
    const auto [next, length] = axpy_dot_and_square(-omega, t, c.r, shadow);
    budget.passes -= std::min<std::size_t>(budget.passes, 2);
    const double beta = next / rho * (alpha / omega);
    if (c.good_enough(c.r) || !(length < diverged * start) || !std::isfinite(beta) || beta == 0) return;
    rho = next;
    axpbypcz(1, c.r, -beta * omega, v, beta, p);  // p = r + beta (p - omega v)
  }
}

bool EntrywiseSystem::correct(const std::vector<double>& b, const std::vector<double>& scale, std::vector<double>& x,
                              Goal goal, Budget& budget) const {
  constexpr double least_factor = 1e-4, gain = 1e-4;
  constexpr int most_rounds = 20;
  const SubnormalsAsZero quick;
  const HostVector right = arranged(b), fixed = arranged(scale);
  HostVector own = arranged(x), work(x.size());
  bool done = false;
  for (int round = 0; round < most_rounds && !done && !budget.spent(); ++round) {
    const HostVector& like = scale.empty() ? own : fixed;
    Correction c{HostVector(x.size()), HostVector(x.size()), HostVector(x.size()), {}};
    find_rest(right, own, c.r);
    for_each_entry(x.size(), [&](std::size_t p) {
      c.unit[p] = like[p] >= least_corrected ? like[p] * exit_[p] : 0;
      c.r[p] = c.unit[p] > 0 ? c.r[p] / c.unit[p] : 0;
    });
    const double first = largest_of(x.size(), [&](std::size_t p) { return std::abs(c.r[p]); });
    c.good_enough = [&](const HostVector& r) {
      return largest_of(r.size(), [&](std::size_t p) {
               if (goal == Goal::balanced) return std::abs(r[p]);
               return r[p] * c.unit[p] <= 0.3 * right[p] ? 0.0 : std::numeric_limits<double>::max();
             }) <= gain * first;
    };
    improve(c, budget);
    if (!std::isfinite(sum(c.z))) break;  // it broke down
    for_each_entry(x.size(), [&](std::size_t p) {
      const double corrected = own[p] + c.z[p];
      own[p] = corrected >= least_factor * own[p] ? corrected : least_factor * own[p];
    });
    sweep_both_ways(right, own, work, budget);
    done = reached(right, own, work, goal);
  }
  rearrange(own, x);
  return done;
}

}  // namespace steady
