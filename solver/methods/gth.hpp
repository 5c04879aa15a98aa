// Gaussian elimination without subtractions: every entry of the result is relatively exact, however decomposable the
// chain. Grassmann, Taksar and Heyman 1985; O'Cinneide 1993 (entrywise error).
//
// Dense up to dense_limit states (elimination.hpp), else sparse, front by front, in an order that fills in
// little (sparse_elimination.hpp). On the host.
#pragma once

#include <functional>
#include <optional>

#include "formats/matrix/arrangement.hpp"
#include "solver/elimination/elimination_plan.hpp"
#include "solver/methods/problem.hpp"

namespace steady::detail {

// Whether the chain looks like one that elimination leaves sparse: a path, a ring, a tree, a narrow band, however long.
bool looks_sparse_to_eliminate(const IrreducibleChain& chain);

// The stationary distribution, summing to 1; nothing if `stop` said so meanwhile, or where more would be needed than
// the limits allow.
std::optional<std::vector<double>> eliminate(const IrreducibleChain& chain, const EliminationLimits& limits,
                                             const std::function<bool()>& stop);

template <class Vector>
Outcome gth(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const auto solution = eliminate(problem.chain, problem.elimination, [&] { return monitor.out_of_budget(0); });
  if (solution) x = arranged(problem.inflow, *solution);
  Vector r(x.size());
  const double residual = problem.inflow.residual(x, r);
  if (!solution) return {monitor.spent(0).value_or(Stop::filled_in), 0, 1, residual / monitor.unit()};
  if (const auto stop = monitor.check(1, 1, residual)) return *stop;
  return monitor.verdict(1, 1, residual);
}

}  // namespace steady::detail
