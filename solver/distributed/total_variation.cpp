#include "solver/distributed/total_variation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace steady::detail {

double rounding_of_sum(std::uint64_t numbers) {
  constexpr double unit = 0x1p-53;
  return 2 * unit * (static_cast<double>(numbers) + 16);  // gamma_k of n + 16 or fewer, as long as these are under 2^50
}

// The computed flow into a state has at most longest_sum() products, its exit rate as many rates: both are within
// `gamma` of the exact ones, relatively, and with their difference's own rounding the difference is within gamma of
// their sum. What products lose below the range of normal doubles is within `least` in all.
double total_variation_bound(const Generator& q, const std::vector<double>& p, const std::vector<double>& h,
                             std::uint64_t reference) {
  const double gamma = rounding_of_sum(q.longest_sum());
  const double least = static_cast<double>(q.longest_sum() + 16) * std::numeric_limits<double>::denorm_min();
  const std::vector<double> inflow = q.inflow(p), ahead = q.mean_ahead(h);
  bool sound = arithmetic_is_sound() && q.states() < std::uint64_t{1} << 50;
  double drift = INFINITY, weighted = 0, mass = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    const bool is_reference = q.first() + i == reference;
    sound = sound && p[i] >= 0 && h[i] >= 0 && (!is_reference || h[i] == 0);
    const double outflow = p[i] * q.exit_rate()[i], held = q.exit_rate()[i] * h[i];
    weighted += (std::abs(inflow[i] - outflow) + gamma * (inflow[i] + outflow) + least) * h[i];
    mass += p[i];
    if (!is_reference) drift = std::min(drift, held - ahead[i] - gamma * (held + ahead[i]) - least);
  }
  sound = !q.ranks().any(!sound);
  drift = q.ranks().least(drift);
  weighted = q.ranks().sum(weighted);
  mass = q.ranks().sum(mass);
  if (!sound || !(drift > 0) || !(mass > 0)) return INFINITY;
  if (q.states() == 1) return 0;
  // The sums over all states, and the few operations here.
  const double bound = weighted / drift / mass * (1 + 4 * rounding_of_sum(q.states()));
  return std::isfinite(bound) ? next_up(bound) : INFINITY;
}

}  // namespace steady::detail
