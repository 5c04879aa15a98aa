#include "solver/cli/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace steady::cli {

std::vector<Marginal> marginals(const Chain& chain, const std::vector<double>& distribution) {
  std::vector<Marginal> all;
  for (std::size_t v = 0; v < chain.states.packing.variables().size(); ++v) {
    const Variable& variable = chain.states.packing.variables()[v];
    Marginal marginal{variable.name, 0, {}};
    for (std::size_t i = 0; i < distribution.size(); ++i) {
      const std::int64_t value = chain.states.value(i, v);
      marginal.probability[value] += distribution[i];
      marginal.mean += static_cast<double>(value) * distribution[i];
    }
    all.push_back(std::move(marginal));
  }
  return all;
}

std::vector<State> most_likely(const std::vector<double>& distribution, std::size_t count) {
  std::vector<State> states(distribution.size());
  std::iota(states.begin(), states.end(), State{0});
  const auto last = states.begin() + static_cast<std::ptrdiff_t>(std::min(count, states.size()));
  std::partial_sort(states.begin(), last, states.end(), [&](State a, State b) {
    return distribution[a] != distribution[b] ? distribution[a] > distribution[b] : a < b;
  });
  states.erase(last, states.end());
  return states;
}

}  // namespace steady::cli
