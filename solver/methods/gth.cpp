#include "solver/methods/gth.hpp"

#include <algorithm>

#include "solver/methods/elimination.hpp"
#include "solver/methods/sparse_elimination.hpp"

namespace steady {

bool looks_sparse_to_eliminate(const Irreducible& chain) {
  constexpr std::size_t narrow = 16, few = 4000;
  const Csr& in = chain.inflow;
  if (in.entries() <= (in.rows() <= few ? 8 : 3) * in.rows()) return true;
  std::size_t band = 0;
  for (std::size_t i = 0; i < in.rows() && band <= narrow; ++i)
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) {
      const std::size_t j = in.column[k];
      band = std::max(band, i > j ? i - j : j - i);
    }
  return band <= narrow;
}

std::optional<std::vector<double>> eliminate(const Irreducible& chain, const EliminationLimits& limits,
                                             const std::function<bool()>& stop) {
  const std::size_t n = chain.inflow.rows();
  if (n > dense_gth_limit) {
    const auto plan = plan_elimination(chain, limits, stop);
    return plan ? eliminate_sparse(chain, *plan, limits, stop) : std::nullopt;
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
