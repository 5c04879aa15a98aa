#include "solver/distributed/row_solver.hpp"

#include <limits>
#include <utility>

#include "formats/base/stopwatch.hpp"

namespace steady::detail {

namespace {

constexpr double rounding = 1e-10;  // what stops above the tolerance and under
                                    // this is as good as doubles make it

}  // namespace

RowSolver::RowSolver(const Ranks& ranks, RowSystem system, std::vector<double> x, Budget& budget)
    : ranks_(ranks), system_(std::move(system)), budget_(budget), x_(std::move(x)), size_(system_.measure(x_)) {}

Krylov& RowSolver::krylov() {
  if (!krylov_) krylov_.emplace(ranks_, system_.matrix, krylov_methods[method_]);
  return *krylov_;
}

void RowSolver::solve(double tolerance) {
  for (method_ = 0; method_ < krylov_methods.size(); ++method_) {
    krylov_.reset();
    const Stopwatch watch;
    const std::int64_t before = budget_.done;
    const Stop stop = run(tolerance);
    tried_.push_back({krylov_methods[method_], stop, budget_.done - before, residual(), watch.seconds()});
    converged_ = solved(stop);
    if (stop != Stop::stagnated) return;
  }
  method_ = krylov_methods.size() - 1;
}

void RowSolver::improve(double tolerance) {
  const Stopwatch watch;
  const std::int64_t before = budget_.done;
  run(tolerance);
  tried_.back().iterations += budget_.done - before;
  tried_.back().residual = residual();
  tried_.back().seconds += watch.seconds();
}

// The method's own residual is one of recurrences, and in the 2-norm: it is to fall by as much as the true one has to,
// and begins anew from what it has come to until that is small enough, or does not get better.
Stop RowSolver::run(double tolerance) {
  for (bool better = true; residual() > tolerance && better;) {
    if (const std::optional<Stop> stop = spent()) return *stop;
    better = go_on(0.5 * tolerance / residual() * size_.two_norm);
  }
  if (residual() <= tolerance) return Stop::converged;
  if (const std::optional<Stop> stop = spent()) return *stop;
  return residual() <= rounding ? Stop::rounding : Stop::stagnated;
}

// One run of the method. Whether it was worth while: else the iterate is what it was. One that was cut short is, if
// anything came of it.
bool RowSolver::go_on(double two_norm) {
  constexpr double worth_while = 0.9;
  bool cut = false;
  const std::vector<double> before = x_, zero(system_.right.empty() ? x_.size() : 0);
  const RowSystem::Size size = size_;
  const std::string_view name = krylov_methods[method_].method;
  const Watch watch = [&](std::int64_t iterations, double) {
    if (ranks_.first()) budget_.progress(name, budget_.done + iterations);
    cut = budget_.pause_due();
    return budget_.spent().has_value() || cut;
  };
  const std::int64_t left =
      budget_.iterations > 0 ? budget_.iterations - budget_.done : std::numeric_limits<std::int64_t>::max();
  const std::vector<double>& right = system_.right.empty() ? zero : system_.right;
  budget_.done += krylov().solve(Side::row, right, x_, {two_norm, left, watch}).iterations;
  const bool sound = system_.mend(x_);
  if (sound) size_ = system_.measure(x_);
  if (sound && residual() < size.residual) {
    system_.improved();
    return cut || residual() < worth_while * size.residual;
  }
  x_ = before;
  size_ = size;
  return false;
}

std::optional<Stop> RowSolver::spent() const {
  if (budget_.iterations > 0 && budget_.done >= budget_.iterations) return Stop::iteration_limit;
  return budget_.spent();
}

}  // namespace steady::detail
