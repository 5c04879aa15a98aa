#include "solver/sweep_direction.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>

#include "formats/in_parallel.hpp"

namespace steady {
namespace {

constexpr int trial_sweeps = 3;

struct Trial {
  std::vector<double> x;
  double residual;
};

double flow_into(std::size_t i, const Csr& inflow, const std::vector<double>& x) {
  double flow = 0;
  for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + 1]; ++k)
    flow += inflow.value[k] * x[inflow.column[k]];
  return flow;
}

Trial try_direction(const Irreducible& chain, Direction direction, std::vector<double> x, std::atomic<bool>& stopped,
                    const std::function<bool()>& stop) {
  const std::size_t n = x.size();
  for (int sweep = 0; sweep < trial_sweeps; ++sweep) {
    if (omp_get_thread_num() == 0 && stop()) stopped = true;  // asks the caller from its own thread only
    if (stopped) break;
    for (std::size_t step = 0; step < n; ++step) {
      const std::size_t i = direction == Direction::forward ? step : n - 1 - step;
      x[i] = flow_into(i, chain.inflow, x) / chain.exit_rate[i];
    }
  }
  const double total = std::accumulate(x.begin(), x.end(), 0.0);
  for (double& entry : x) entry /= total;
  double residual = 0;
  for (std::size_t i = 0; i < n; ++i) residual += std::abs(flow_into(i, chain.inflow, x) - x[i] * chain.exit_rate[i]);
  return {std::move(x), residual};
}

}  // namespace

SweepDirection choose_direction(const Irreducible& chain, std::size_t forward, std::size_t backward,
                                const std::vector<double>& start, const std::function<bool()>& stop) {
  constexpr double many = 1.5;        // times more levels
  constexpr double clearly = 10;      // times smaller residual
  constexpr std::size_t narrow = 16;  // states of a level, on average: a sweep is slow
  const Direction deeper = forward >= backward ? Direction::forward : Direction::backward;
  const auto [fewer, more] = std::minmax(forward, backward);
  const bool many_more = static_cast<double>(more) >= many * static_cast<double>(fewer);
  const bool is_narrow = many_more && start.size() < narrow * more && start.size() >= narrow * fewer;
  if (many_more && !is_narrow) return {deeper, {}, 0, 0};

  std::array<Trial, 2> trials;
  std::atomic<bool> stopped{false};
  in_parallel(2, [&](std::size_t k) {
    trials[k] = try_direction(chain, k == 0 ? deeper : opposite(deeper), start, stopped, stop);
  });
  const double margin = is_narrow ? 1 / clearly : more == fewer ? 1 : clearly;
  const bool keep = trials[0].residual <= margin * trials[1].residual;
  Trial& better = trials[keep ? 0 : 1];
  return {keep ? deeper : opposite(deeper), std::move(better.x), better.residual, 2 * (trial_sweeps + 1)};
}

}  // namespace steady
