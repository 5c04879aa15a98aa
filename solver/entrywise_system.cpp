#include "solver/entrywise_system.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/base/larger.hpp"
#include "formats/base/parallel.hpp"
#include "formats/matrix/arrangement.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/methods/bicgstab_recursion.hpp"

namespace steady::detail {
namespace {

constexpr double balanced = 1e-13;
constexpr double least_corrected = 0x1p-500;
constexpr std::size_t between_looks = 4;  // rounds of sweeps

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
EntrywiseSystem::EntrywiseSystem(const IrreducibleChain& chain, State reference, Direction first) : first_(first) {
  std::vector<double> exit = chain.exit_rate;
  exit[reference] = INFINITY;
  const Direction directions[] = {first, opposite(first)};
  const LevelOrders orders = level_orders(chain.inflow, directions);
  rows_ = smallest_operator(chain.inflow, exit, orders);
  exit[reference] = 0;
  exit_ = arranged(*rows_, exit);
}

// r = b - x M; 0 in the reference
void EntrywiseSystem::find_rest(const HostVector& b, const HostVector& x, HostVector& r) const {
  rows_->multiply(x, r);
  for_each_entry(exit_.size(), [&](std::size_t p) { r[p] = exit_[p] > 0 ? b[p] + r[p] - exit_[p] * x[p] : 0; });
}

bool EntrywiseSystem::reached(const HostVector& b, const HostVector& x, HostVector& r,
                              StoppingCriterion criterion) const {
  find_rest(b, x, r);
  return largest_of(exit_.size(), [&](std::size_t p) {
           if (exit_[p] == 0) return 0.0;
           if (criterion == StoppingCriterion::majorised) return r[p] <= 0.45 * b[p] ? 0.0 : 1.0;
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

bool EntrywiseSystem::sweep(const std::vector<double>& b, std::vector<double>& x, StoppingCriterion criterion,
                            Budget& budget) const {
  const SubnormalsAsZero quick;
  const HostVector right = arranged(*rows_, b);
  HostVector own = arranged(*rows_, x), work(x.size());
  bool done = reached(right, own, work, criterion);
  for (std::size_t rounds = 0; !done && !budget.spent(); ++rounds) {
    sweep_both_ways(right, own, work, budget);
    if (rounds % between_looks == between_looks - 1 || budget.passes == 0) done = reached(right, own, work, criterion);
  }
  x = rearranged(*rows_, own);
  return done;
}

// What z is to solve: z M = r, r in units of `unit` and of its norm at the start.
struct EntrywiseSystem::Correction {
  explicit Correction(std::size_t n) : unit(n), right(n), recursion(n) {}

  HostVector unit;   // 0 where nothing is corrected
  HostVector right;  // work space
  BicgstabRecursion<HostVector> recursion;
  std::function<bool(const HostVector&)> good_enough;  // what is left of r
};

// z M = v about, w = z M, v and w in units.
void EntrywiseSystem::step(Correction& c, const HostVector& v, HostVector& z, HostVector& w) const {
  for_each_entry(v.size(), [&](std::size_t p) { c.right[p] = v[p] * c.unit[p]; });
  rows_->triangular_solve(first_, c.right, z);
  rows_->add_later(first_, -1, z, c.right, w);  // z M = right - z U
  for_each_entry(v.size(), [&](std::size_t p) { w[p] = c.unit[p] > 0 ? w[p] / c.unit[p] : 0; });
}

// Finds z, and what is left of r.
void EntrywiseSystem::improve(Correction& c, Budget& budget) const {
  constexpr double diverged = 1e6;
  BicgstabRecursion<HostVector>& recursion = c.recursion;
  while (!budget.spent()) {
    recursion.step([&](const HostVector& v, HostVector& z, HostVector& w) { step(c, v, z, w); });
    budget.passes -= std::min<std::size_t>(budget.passes, 2);
    if (c.good_enough(recursion.r)) return;
    if (!(recursion.square < diverged) || !std::isfinite(recursion.beta) || recursion.beta == 0) return;
  }
}

bool EntrywiseSystem::correct(const std::vector<double>& b, const std::vector<double>& scale, std::vector<double>& x,
                              StoppingCriterion criterion, Budget& budget) const {
  constexpr double least_factor = 1e-4, gain = 1e-4;
  constexpr int most_rounds = 20;
  const SubnormalsAsZero quick;
  const HostVector right = arranged(*rows_, b), fixed = arranged(*rows_, scale);
  HostVector own = arranged(*rows_, x), work(x.size());
  bool done = false;
  for (int round = 0; round < most_rounds && !done && !budget.spent(); ++round) {
    const HostVector& like = scale.empty() ? own : fixed;
    Correction c(x.size());
    find_rest(right, own, work);
    for_each_entry(x.size(), [&](std::size_t p) {
      c.unit[p] = like[p] >= least_corrected ? like[p] * exit_[p] : 0;
      work[p] = c.unit[p] > 0 ? work[p] / c.unit[p] : 0;
    });
    const double start = norm2(work);
    const double first = largest_of(x.size(), [&](std::size_t p) { return std::abs(work[p]); }) / start;
    c.good_enough = [&](const HostVector& r) {
      return largest_of(r.size(), [&](std::size_t p) {
               if (criterion == StoppingCriterion::balanced) return std::abs(r[p]);
               return start * r[p] * c.unit[p] <= 0.3 * right[p] ? 0.0 : std::numeric_limits<double>::max();
             }) <= gain * first;
    };
    c.recursion.begin(1 / start, work);
    improve(c, budget);
    const HostVector& z = c.recursion.z;
    if (!std::isfinite(sum(z))) break;  // it broke down
    for_each_entry(x.size(), [&](std::size_t p) {
      const double corrected = own[p] + start * z[p];
      own[p] = corrected >= least_factor * own[p] ? corrected : least_factor * own[p];
    });
    sweep_both_ways(right, own, work, budget);
    done = reached(right, own, work, criterion);
  }
  x = rearranged(*rows_, own);
  return done;
}

}  // namespace steady::detail
