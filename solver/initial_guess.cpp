#include "solver/initial_guess.hpp"

#include <algorithm>
#include <cmath>

namespace steady::detail {

InitialGuess restrict_to(std::span<const State> states, const InitialGuess& from) {
  constexpr double share = 1e-16;
  InitialGuess part;
  if (from.component == states.front()) part.config = from.config;
  if (from.iterate.empty()) return part;
  std::vector<double>& x = part.iterate;
  for (const State i : states) x.push_back(std::fmax(from.iterate[i], 0.0));
  const double largest = *std::max_element(x.begin(), x.end());
  if (largest == 0) return {{}, part.config, {}};
  double total = 0;
  for (double& entry : x) total += entry /= largest;  // whose sum alone might be infinite
  const double least = share / static_cast<double>(x.size());
  for (double& entry : x) {
    entry /= total;
    if (entry == 0) entry = least;
  }
  return part;
}

}  // namespace steady::detail
