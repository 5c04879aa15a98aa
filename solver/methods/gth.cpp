#include "solver/methods/gth.hpp"
#include "solver/stopwatch.hpp"

#include <fmt/format.h>

#include "formats/error.hpp"
#include "solver/methods/elimination.hpp"
#include "solver/methods/sparse_elimination.hpp"

namespace steady {

std::optional<std::vector<double>> eliminate(const Irreducible& chain, std::size_t dense_limit,
                                             const std::function<bool()>& stop) {
  const std::size_t n = chain.inflow.rows();
  if (n > gth_auto_limit) {
    Stopwatch w; const auto plan = plan_elimination(chain, {}, stop);
    if (!plan) return std::nullopt;
    fmt::print(stderr, "plan: mult {:.3g} factor {} work {} fronts {}\n", plan->multiplications, plan->factor_entries, plan->work_entries, plan->fronts());
    fmt::print(stderr, "plan seconds {}\n", w.seconds()); auto r= eliminate_sparse(chain, *plan, stop); fmt::print(stderr, "plan all {}\n", w.seconds()); return r;
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
