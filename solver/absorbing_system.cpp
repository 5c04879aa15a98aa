#include "solver/absorbing_system.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>

#include "formats/base/larger.hpp"
#include "formats/base/parallel.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/methods/bicgstab_recursion.hpp"
#include "solver/preconditioners/gauss_seidel.hpp"
#include "solver/preconditioners/ilu0.hpp"

namespace steady::detail {
namespace {

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
                                 const std::vector<bool>& stopped, Direction direction,
                                 Preconditioning preconditioning) {
  std::vector<double> exit = exit_rate;
  std::size_t stops = 0;
  for (std::size_t i = 0; i < exit.size(); ++i)
    if (stopped[i]) exit[i] = INFINITY, ++stops;
  const std::optional<Csr> rest = 2 * stops > exit.size() ? std::optional(without(rows, stopped)) : std::nullopt;
  const Csr& matrix = rest ? *rest : rows;
  const bool both_ways = preconditioning == Preconditioning::ilu0;
  const Direction directions[] = {direction, opposite(direction)};
  const LevelOrders orders = level_orders(matrix, {directions, both_ways ? 2u : 1u});
  levels_ = orders.front()->levels();
  own_rows_ = smallest_operator(matrix, exit, orders);
  rows_ = own_rows_.get();
  if (both_ways) {
    const IncompleteFactors factors = factorise(matrix, exit, direction);
    preconditioner_ = std::make_unique<Ilu0Preconditioner<HostVector>>(
        *rows_, csr_kernel(host_kernels()).make(factors.matrix, factors.diagonal, orders),
        arranged(*rows_, factors.diagonal), directions[0], directions[1]);
  } else {
    precondition_by_sweeps(direction);
  }
  arrange(exit, stopped);
}

AbsorbingSystem::AbsorbingSystem(const RateOperator<HostVector>& rows, const std::vector<double>& exit_rate,
                                 Direction direction,
                                 std::unique_ptr<PreconditionerOperator<HostVector>> preconditioner)
    : rows_(&rows), preconditioner_(std::move(preconditioner)) {
  if (!preconditioner_) precondition_by_sweeps(direction);
  arrange(exit_rate, std::vector<bool>(exit_rate.size(), false));
}

void AbsorbingSystem::precondition_by_sweeps(Direction direction) {
  preconditioner_ = std::make_unique<GaussSeidelPreconditioner<HostVector>>(*rows_, direction);
  single_ = rows_->in_single_precision();
  if (single_) single_preconditioner_ = std::make_unique<GaussSeidelPreconditioner<SingleVector>>(*single_, direction);
}

// What is known of each state, at its position.
void AbsorbingSystem::arrange(const std::vector<double>& exit, const std::vector<bool>& stopped) {
  exit_.reserve(exit.size());
  for (const State state : rows_->order()) {
    if (stopped[state]) stopped_.push_back(static_cast<State>(exit_.size()));
    exit_.push_back(stopped[state] ? 0 : exit[state]);
  }
}

AbsorbingSystem::Result AbsorbingSystem::solve(std::vector<double> b, const StoppingCriterion& criterion,
                                               std::size_t& passes) const {
  const auto spend = [&](System& system, std::size_t most, auto method) {
    system.passes = most;
    const bool reached = method();
    passes -= most - system.passes;
    return reached;
  };
  return run(std::move(b), criterion, [&](System& system) {
    return (single_ && spend(system, passes / 2, [&] { return bicgstab(*single_preconditioner_, system); })) ||
           spend(system, passes, [&] { return bicgstab(*preconditioner_, system) || iterate_plainly(system); });
  });
}

AbsorbingSystem::Result AbsorbingSystem::solve_plainly(std::vector<double> b, const StoppingCriterion& criterion,
                                                       std::size_t& passes) const {
  return run(std::move(b), criterion, [&](System& system) {
    system.passes = passes;
    const bool reached = iterate_plainly(system);
    passes = system.passes;
    return reached;
  });
}

// From x = 0; method(system) returns whether it met the criterion.
template <class Method>
AbsorbingSystem::Result AbsorbingSystem::run(std::vector<double> b, const StoppingCriterion& criterion,
                                             Method method) const {
  const HostVector right = arranged(*rows_, b);
  HostVector solution(right.size());
  std::vector<double>().swap(b);
  System system{right, solution, HostVector(right.size()), solution, INFINITY, criterion, {}, 0, 0};
  if (!criterion.unit.empty()) system.unit = arranged(*rows_, criterion.unit);
  const bool reached = method(system);
  return {rearranged(*rows_, solution), reached, system.iterations};
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

// Whether a residual of `unit` times r is small enough; where it is not a number, it is not.
template <class Vector>
bool AbsorbingSystem::reached(const System& system, const Vector& r, double unit) const {
  if (system.criterion.interrupted(system.iterations)) return true;
  const auto* entry = r.data();
  const auto largest = [&](auto f) {
    return sum_over_blocks<Largest>(r.size(),
                                    [&](std::size_t first, std::size_t last) {
                                      Largest block;
                                      for (std::size_t i = first; i < last; ++i) block += {f(i)};
                                      return block;
                                    })
        .value;
  };
  double size = 0;
  switch (system.criterion.size) {
    case StoppingCriterion::Size::sum:
      size = sum_over_blocks<double>(r.size(), [entry](std::size_t first, std::size_t last) {
        double block = 0;
        for (std::size_t i = first; i < last; ++i) block += std::abs(entry[i]);
        return block;
      });
      break;
    case StoppingCriterion::Size::largest:
      size = largest([&](std::size_t i) { return entry[i]; });
      break;
    case StoppingCriterion::Size::in_units:
      size = largest([&](std::size_t i) { return system.unit[i] > 0 ? std::abs(entry[i]) / system.unit[i] : 0; });
      break;
  }
  return unit * size <= system.criterion.limit;
}

// The recursion begins anew where its residual is not the true one, or it broke down, as long as that helps: floats are
// to gain a digit each time.
template <class Work>
bool AbsorbingSystem::bicgstab(const PreconditionerOperator<Work>& preconditioner, System& system) const {
  constexpr double gain = std::is_same_v<Work, SingleVector> ? 0.1 : 1;
  constexpr int most_runs = 4;
  double before = INFINITY;
  for (int run = 0; system.passes > 0; ++run) {
    const double norm = measure(system);
    if (reached(system, system.r)) return true;
    if (!(norm < gain * before) || run == most_runs || system.passes <= 1 + 2 * preconditioner.multiply_passes()) break;
    before = norm;
    improve(preconditioner, norm, system);
  }
  copy(system.best, system.x);
  return false;
}

// Adds to x a correction of its residual r, of that norm2.
template <class Work>
void AbsorbingSystem::improve(const PreconditionerOperator<Work>& preconditioner, double norm, System& system) const {
  constexpr bool refines = std::is_same_v<Work, SingleVector>;
  constexpr std::size_t interval = 5;  // iterations between true residuals, where these replace the recursion's
  constexpr double diverged = 1e6;     // times the residual at the start
  const std::size_t products = 2 * preconditioner.multiply_passes();
  std::optional<SubnormalsAsZero> quick;
  if (refines) quick.emplace();
  BicgstabRecursion<Work> recursion(system.x.size());
  recursion.begin(1 / norm, system.r);
  for (std::size_t k = 1; system.passes > 1 + products; ++k) {
    recursion.step([&](const Work& b, Work& y, Work& w) {
      preconditioner.apply_and_multiply(b, y, w);
      clear_stopped(w);
    });
    system.passes -= products;
    ++system.iterations;
    if (!(recursion.square < diverged * diverged)) break;
    if (refines && k % interval == 0) {
      axpy(norm, recursion.z, system.x);
      fill(0, recursion.z);
      const double truth = measure(system);
      if (reached(system, system.r) || !(truth <= 2 * norm * std::sqrt(recursion.square))) return;
      recursion.replace_residual(1 / norm, system.r);
    } else if (reached(system, recursion.r, norm)) {
      break;
    }
    if (!std::isfinite(recursion.beta) || recursion.beta == 0) break;
  }
  axpy(norm, recursion.z, system.x);
}

// x = x + M^-1 (b - A x), again and again.
bool AbsorbingSystem::iterate_plainly(System& system) const {
  HostVector correction(system.x.size());
  while (system.passes > preconditioner_->apply_passes()) {
    measure(system);
    if (reached(system, system.r)) return true;
    preconditioner_->apply(system.r, correction);
    axpy(1, correction, system.x);
    system.passes -= preconditioner_->apply_passes();
    ++system.iterations;
  }
  return false;
}

}  // namespace steady::detail
