#include "solver/methods/gth.hpp"

#include <algorithm>
#include <new>

#include "solver/elimination/elimination.hpp"
#include "solver/elimination/sparse_elimination.hpp"

namespace steady::detail {

namespace {

// Pairs of states with a transition between them, one way or both.
std::size_t edges(const Csr& inflow) {
  std::size_t both_ways = 0;
  for (std::size_t i = 0; i < inflow.rows(); ++i)
    for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + 1] && inflow.column[k] < i; ++k) {
      const std::size_t j = inflow.column[k];
      both_ways += std::binary_search(inflow.column.begin() + static_cast<std::ptrdiff_t>(inflow.row_start[j]),
                                      inflow.column.begin() + static_cast<std::ptrdiff_t>(inflow.row_start[j + 1]),
                                      static_cast<State>(i));
    }
  return inflow.entries() - both_ways;
}

}  // namespace

bool looks_sparse_to_eliminate(const IrreducibleChain& chain) {
  constexpr std::size_t narrow = 16, few = 4000, many = 50'000;
  constexpr double tree_like = 1.1;  // edges a state, of large chains: ordering what has more may take long
  const Csr& in = chain.inflow;
  if (in.entries() <= (in.rows() <= few ? 8 : 3) * in.rows() &&
      (in.rows() <= many || static_cast<double>(edges(in)) <= tree_like * static_cast<double>(in.rows())))
    return true;
  std::size_t band = 0;
  for (std::size_t i = 0; i < in.rows() && band <= narrow; ++i)
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) {
      const std::size_t j = in.column[k];
      band = std::max(band, i > j ? i - j : j - i);
    }
  return band <= narrow;
}

std::optional<std::vector<double>> eliminate(const IrreducibleChain& chain, const EliminationLimits& limits,
                                             const std::function<bool()>& stop) {
  const std::size_t n = chain.inflow.rows();
  if (n > dense_limit) {
    try {
      const auto plan = plan_elimination(chain, limits, stop);
      return plan ? eliminate_sparse(chain, *plan, limits, stop) : std::nullopt;
    } catch (const std::bad_alloc&) {  // another method may need less
      return std::nullopt;
    }
  }
  std::vector<double> rate(n * n, 0.0);  // rate[i n + j] of i -> j
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rate[chain.inflow.column[k] * n + i] = chain.inflow.value[k];

  const Elimination elimination(n, std::move(rate), stop);
  if (!elimination.done()) return std::nullopt;
  return elimination.stationary();
}

}  // namespace steady::detail
