#include "solver/methods/gth.hpp"

#include <fmt/format.h>

#include "formats/error.hpp"

namespace steady {

std::optional<std::vector<double>> eliminate(const Irreducible& chain, const std::function<bool()>& stop) {
  const std::size_t n = chain.inflow.rows();
  if (n > gth_limit)
    throw Error(fmt::format("method gth is dense and takes at most {} states; this chain has {}", gth_limit, n));

  std::vector<double> rate(n * n, 0.0);  // rate[i n + j] of i -> j
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rate[chain.inflow.column[k] * n + i] = chain.inflow.value[k];

  // Censor the last state again and again: what flows through it is shared out among the states before it.
  for (std::size_t k = n - 1; k > 0; --k) {
    if (k % 16 == 0 && stop()) return std::nullopt;
    const double* const from_last = rate.data() + k * n;
    double exit = 0;
    for (std::size_t j = 0; j < k; ++j) exit += from_last[j];
#pragma omp parallel for schedule(static) if (k > 200)
    for (std::size_t i = 0; i < k; ++i) {
      double* const row = rate.data() + i * n;
      if (row[k] == 0) continue;
      row[k] /= exit;
      for (std::size_t j = 0; j < k; ++j) row[j] += row[k] * from_last[j];  // the diagonal is never read
    }
  }

  // Back again: the last state's probability from those of the states before it.
  std::vector<double> x(n, 0.0);
  x[0] = 1;
  double total = 1;
  for (std::size_t k = 1; k < n; ++k) {
    for (std::size_t i = 0; i < k; ++i) x[k] += x[i] * rate[i * n + k];
    total += x[k];
    if (total > 1e150) {  // probabilities may span more than a double's range
      for (std::size_t i = 0; i <= k; ++i) x[i] *= 1e-150;
      total *= 1e-150;
    }
  }
  for (double& entry : x) entry /= total;
  return x;
}

}  // namespace steady
