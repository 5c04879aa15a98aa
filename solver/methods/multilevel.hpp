// Multilevel aggregation and disaggregation: sweeps for the shape within aggregates, aggregated chains for their
// weights.
//
// Horton and Leutenegger 1994; the aggregates follow the flows (aggregation.hpp), and the last iterates are combined
// (recombination.hpp). It converges on chains that defeat sweeps and Krylov methods, in cycles whose number hardly
// grows with the chain. On nearly decomposable chains a small residual says little about the weights of the blocks:
// they are right once a cycle moves next to nothing between aggregates, which is asked for beside the residual. Where
// cycles go on moving as much, it has stagnated.
// Memory: in each cycle four sweeps, and for the aggregated chains about 24 bytes a transition and 200 a state.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "solver/methods/problem.hpp"
#include "solver/multilevel/hierarchy.hpp"
#include "solver/multilevel/recombination.hpp"

namespace steady::detail {

// The cycles, from any x that is positive; what they cost is counted. When they end is their caller's matter.
// Inflow: of RateOperator at least size(), residual() and gauss_seidel_sweep().
template <class Vector, class Inflow = RateOperator<Vector>>
class MultilevelCycles {
 public:
  using MakeHierarchy = std::function<Hierarchy<Vector>(const Vector& x)>;

  // `entries`: of the matrix; `directions`: of one round of sweeps, the better first.
  MultilevelCycles(const Inflow& inflow, std::size_t entries, std::span<const Direction> directions,
                   MakeHierarchy make_hierarchy)
      : inflow_(inflow),
        entries_(entries),
        directions_(directions),
        make_hierarchy_(std::move(make_hierarchy)),
        r_(inflow.size()) {}

  // Makes x sum to 1; returns ||x Q||_1. To be called before each cycle.
  double measure(Vector& x) {
    normalise(x);
    ++passes_;
    before_ = residual_;
    residual_ = inflow_.residual(x, r_);
    if (std::isinf(first_)) first_ = residual_;
    return residual_;
  }

  // `presses_on`: with combinations of iterates and W-cycles, where they help.
  void improve(Vector& x, bool presses_on) {
    constexpr double slow = 0.4;  // a cycle's factor on the residual that calls for W-cycles
    constexpr double near = 0.1;  // of the first residual: farther, the smaller residual is not the nearer iterate
    // x = the combination of the last iterates with the least ||x Q||
    if (presses_on && residual_ < near * first_) recombination_.improve(x, r_);
    sweep_both_ways(x);  // x (D - L) = x U
    if (!hierarchy_)
      hierarchy_.emplace(make_hierarchy_(x));
    else if (presses_on && residual_ > slow * before_)
      hierarchy_->visit_coarse_levels(2);
    // x(i) = x(i) y(A) / (sum of x over A) for i in aggregate A; y: the solution of the aggregated chain
    moved_ = hierarchy_->correct(x);
    sweep_both_ways(x);
    passes_ += 2 + 5 * hierarchy_->coarse_rates() / entries_;
  }

  const Vector& residual() const { return r_; }  // x Q, as measured last
  double moved() const { return moved_; }        // between aggregates in the last cycle, as a share of all
  std::size_t passes() const { return passes_; }

 private:
  void sweep_both_ways(Vector& x) {  // the better direction last
    for (auto direction = directions_.rbegin(); direction != directions_.rend(); ++direction)
      inflow_.gauss_seidel_sweep(*direction, 1.0, x);
    passes_ += directions_.size();
  }

  const Inflow& inflow_;
  const std::size_t entries_;
  const std::span<const Direction> directions_;
  const MakeHierarchy make_hierarchy_;
  std::optional<Hierarchy<Vector>> hierarchy_;
  Recombination<Vector> recombination_;
  Vector r_;
  double moved_ = 1, first_ = INFINITY, before_ = INFINITY, residual_ = INFINITY;
  std::size_t passes_ = 0;
};

template <class Vector>
Outcome multilevel(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  constexpr double most_moved = 1e-10;               // by the last cycle
  constexpr std::size_t most_without_progress = 30;  // cycles that do not halve that
  MultilevelCycles<Vector> cycles(
      problem.inflow, problem.chain.inflow.entries(), problem.directions,
      [&](const Vector& start) { return Hierarchy<Vector>(problem.chain, problem.inflow.order(), start); });
  double least_moved = INFINITY;
  for (std::size_t done = 0, last_progress = 0;; ++done) {
    const double residual = cycles.measure(x);
    const auto stop = monitor.check(done, cycles.passes(), residual);
    const bool settled = monitor.rough() || cycles.moved() <= most_moved;
    if (stop && (settled || !solved(stop->stop) || monitor.out_of_budget(done))) return *stop;
    if (cycles.moved() < least_moved / 2) {
      least_moved = cycles.moved();
      last_progress = done;
    } else if (stop && done > last_progress + most_without_progress) {
      return {Stop::stagnated, done, cycles.passes(), stop->residual};
    }
    cycles.improve(x, !stop);
  }
}

}  // namespace steady::detail
