// What flows into a state, and Gauss-Seidel sweeps in the states' own order, by one thread.
#pragma once

#include <cstddef>

#include "formats/chain/direction.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

// The sum over row i of the rates times x. Vector: of a double a state.
template <class Vector>
double flow_into(const Csr& inflow, std::size_t i, const Vector& x) {
  double flow = 0;
  for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + 1]; ++k)
    flow += inflow.value[k] * x[inflow.column[k]];
  return flow;
}

template <class Vector>
void sweep(const IrreducibleChain& chain, Direction direction, Vector& x) {
  const std::size_t n = x.size();
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t i = direction == Direction::forward ? step : n - 1 - step;
    x[i] = flow_into(chain.inflow, i, x) / chain.exit_rate[i];
  }
}

}  // namespace steady::detail
