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
#include <optional>

#include "solver/methods/problem.hpp"
#include "solver/multilevel/hierarchy.hpp"
#include "solver/multilevel/recombination.hpp"

namespace steady::detail {

template <class Vector>
Outcome multilevel(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  constexpr double most_moved = 1e-10;               // by the last cycle
  constexpr std::size_t most_without_progress = 30;  // cycles that do not halve that
  constexpr double slow = 0.4;                       // a cycle's factor on the residual that calls for W-cycles
  constexpr double near = 0.1;  // of the first residual: farther, the smaller residual is not the nearer iterate
  std::optional<Hierarchy<Vector>> hierarchy;
  Recombination<Vector> recombination;
  Vector r(x.size());
  double moved = 1, least_moved = INFINITY, first_residual = 0, last_residual = INFINITY;
  std::size_t passes = 0, last_progress = 0;
  const auto sweep_both_ways = [&] {  // the better direction last
    for (auto direction = problem.directions.rbegin(); direction != problem.directions.rend(); ++direction)
      problem.inflow.gauss_seidel_sweep(*direction, 1.0, x);
    passes += problem.directions.size();
  };
  for (std::size_t cycles = 0;; ++cycles) {
    normalise(x);
    const double residual = problem.inflow.residual(x, r);  // r = x Q
    const auto stop = monitor.check(cycles, ++passes, residual);
    const bool settled = moved <= most_moved;
    if (stop && (settled || !solved(stop->stop) || monitor.out_of_budget(cycles))) return *stop;
    if (moved < least_moved / 2) {
      least_moved = moved;
      last_progress = cycles;
    } else if (stop && cycles > last_progress + most_without_progress) {
      return {Stop::stagnated, cycles, passes, stop->residual};
    }
    if (cycles == 0) first_residual = residual;
    // x = the combination of the last iterates with the least ||x Q||
    if (!stop && residual < near * first_residual) recombination.improve(x, r);
    sweep_both_ways();  // x (D - L) = x U
    if (!hierarchy)
      hierarchy.emplace(problem.chain, problem.inflow.order(), x);
    else if (!stop && residual > slow * last_residual)
      hierarchy->visit_coarse_levels(2);
    last_residual = residual;
    // x(i) = x(i) y(A) / (sum of x over A) for i in aggregate A; y: the solution of the aggregated chain
    moved = hierarchy->correct(x);
    sweep_both_ways();
    passes += 2 + 5 * hierarchy->coarse_rates() / problem.chain.inflow.entries();
  }
}

}  // namespace steady::detail
