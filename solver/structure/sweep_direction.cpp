#include "solver/structure/sweep_direction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "formats/base/parallel.hpp"
#include "solver/structure/sweep.hpp"

namespace steady::detail {
namespace {

constexpr std::size_t trial_sweeps = 3;

struct Trial {
  std::vector<double> x;
  double residual = 0;
};

void normalise(const IrreducibleChain& chain, Trial& trial) {
  const double total = std::accumulate(trial.x.begin(), trial.x.end(), 0.0);
  for (double& entry : trial.x) entry /= total;
  for (std::size_t i = 0; i < trial.x.size(); ++i)
    trial.residual += std::abs(flow_into(chain.inflow, i, trial.x) - trial.x[i] * chain.exit_rate[i]);
}

}  // namespace

ChosenDirection choose_direction(const IrreducibleChain& chain, std::size_t forward, std::size_t backward,
                                 const std::vector<double>& start, const std::function<bool()>& stop) {
  constexpr double many = 1.5;        // times more levels
  constexpr double clearly = 10;      // times smaller residual
  constexpr std::size_t narrow = 16;  // states of a level, on average: a sweep is slow
  const Direction deeper = forward >= backward ? Direction::forward : Direction::backward;
  const auto [fewer, more] = std::minmax(forward, backward);
  const bool many_more = static_cast<double>(more) >= many * static_cast<double>(fewer);
  const bool is_narrow = many_more && start.size() < narrow * more && start.size() >= narrow * fewer;
  if (many_more && !is_narrow) return {deeper, {}, 0, 0};

  const Direction directions[] = {deeper, opposite(deeper)};
  std::array<Trial, 2> trials{Trial{start}, Trial{start}};
  std::size_t sweeps = 0;
  for (; sweeps < trial_sweeps && !stop(); ++sweeps)
    in_parallel(2, [&](std::size_t t) { sweep(chain, directions[t], trials[t].x); });
  in_parallel(2, [&](std::size_t t) { normalise(chain, trials[t]); });
  const double margin = is_narrow ? 1 / clearly : more == fewer ? 1 : clearly;
  const bool keep = trials[0].residual <= margin * trials[1].residual;
  Trial& better = trials[keep ? 0 : 1];
  return {directions[keep ? 0 : 1], std::move(better.x), better.residual, 2 * (sweeps + 1)};
}

}  // namespace steady::detail
