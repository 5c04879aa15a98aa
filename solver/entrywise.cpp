#include "solver/entrywise.hpp"

#include <algorithm>
#include <cmath>

#include "formats/in_parallel.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/larger.hpp"

namespace steady {
namespace {

constexpr double balanced = 1e-13;
constexpr double least_held = 0x1p-422;   // 2^600 times what a double holds at least
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
  levels_ = std::max(orders[0]->levels(), orders[1]->levels());
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

bool EntrywiseSystem::sweep(const std::vector<double>& b, std::vector<double>& x, Goal goal, Budget& budget) const {
  const SubnormalsAsZero quick;
  const HostVector right = arranged(b);
  HostVector own = arranged(x), work(x.size());
  bool done = reached(right, own, work, goal);
  for (std::size_t rounds = 0; !done && !budget.spent(); ++rounds) {
    sweep_once(opposite(first_), right, own, work);
    sweep_once(first_, right, own, work);
    budget.passes -= std::min<std::size_t>(budget.passes, 2);
    if (rounds % between_looks == between_looks - 1 || budget.passes == 0) done = reached(right, own, work, goal);
  }
  rearrange(own, x);
  return done;
}

}  // namespace steady
