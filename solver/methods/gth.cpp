#include "solver/methods/gth.hpp"

#include <fmt/format.h>

#include "formats/error.hpp"
#include "solver/methods/elimination.hpp"
#include "solver/methods/sparse_elimination.hpp"

namespace steady {

std::optional<std::vector<double>> eliminate(const Irreducible& chain, std::size_t dense_limit,
                                             const std::function<bool()>& stop) {
  const std::size_t n = chain.inflow.rows();
  const bool looks_sparse = n > gth_auto_limit && looks_sparse_to_eliminate(chain);
  if (looks_sparse) {
    if (auto solution = eliminate_sparse(chain, stop)) return solution;
  }
  if (n > dense_limit) {
    if (looks_sparse) return std::nullopt;
    throw Error(
        fmt::format("method gth takes at most {} states, unless elimination leaves the chain sparse; this chain has {}",
                    dense_limit, n));
  }

  std::vector<double> rate(n * n, 0.0);  // rate[i n + j] of i -> j
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rate[chain.inflow.column[k] * n + i] = chain.inflow.value[k];

  const Elimination elimination(n, std::move(rate), stop);
  if (!elimination.done()) return std::nullopt;
  return elimination.stationary();
}

}  // namespace steady
