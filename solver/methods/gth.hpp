// Gaussian elimination without subtractions: every entry of the result is relatively exact, however decomposable the
// chain. Grassmann, Taksar and Heyman 1985; O'Cinneide 1993 (entrywise error).
//
// Sparse where little fills in (sparse_elimination.hpp), for any number of states. Else dense: 8 n^2 bytes and 2/3 n^3
// operations on the host, for chains of up to `gth_limit` states.
#pragma once

#include <functional>
#include <optional>

#include "solver/methods/problem.hpp"

namespace steady {

inline constexpr std::size_t gth_limit = 4000;      // states: 128 MB, about half a minute
inline constexpr std::size_t gth_auto_limit = 500;  // `auto` takes it up to here: under 50 ms

// The stationary distribution, summing to 1; nothing if `stop` said so meanwhile, or where a chain of more than
// `dense_limit` states that looked sparse fills in. Throws Error when it has more than that and does not look sparse.
std::optional<std::vector<double>> eliminate(const Irreducible& chain, std::size_t dense_limit,
                                             const std::function<bool()>& stop);

template <class Vector>
Outcome gth(const Problem<Vector>& problem, Vector& x, Monitor& monitor) {
  const std::size_t dense_limit = problem.another_waits ? gth_auto_limit : gth_limit;
  const auto solution = eliminate(problem.chain, dense_limit, [&] { return monitor.out_of_budget(0); });
  if (solution) upload(*solution, x);  // no sweeps, hence the states' own order
  Vector r(x.size());
  const double residual = problem.inflow.residual(x, r);
  if (!solution && !monitor.out_of_budget(0)) return {Stop::filled_in, 0, 1, residual / monitor.unit()};
  if (const auto stop = monitor.check(solution ? 1 : 0, 1, residual)) return *stop;
  return monitor.verdict(1, 1, residual);
}

}  // namespace steady
