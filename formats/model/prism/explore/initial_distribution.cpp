#include "formats/model/prism/explore/initial_distribution.hpp"

#include <map>

#include "formats/model/prism/explore/vanishing_states.hpp"

namespace steady::detail::prism {

InitialDistribution initial_distribution(const CompiledModel& model, std::vector<std::uint64_t>&& states) {
  const std::size_t width = model.words();
  const std::size_t count = states.size() / width;
  const double each = 1.0 / static_cast<double>(count);
  if (!model.immediate()) return {std::move(states), std::vector<double>(count, each)};
  VanishingStates vanishing(model);
  std::map<std::vector<std::uint64_t>, double> found;
  for (std::size_t k = 0; k < states.size(); k += width) {
    if (!vanishing.contains(&states[k])) {
      found[{&states[k], &states[k] + width}] += each;
      continue;
    }
    const Vanished& vanished = vanishing.leave(&states[k]);
    const std::uint64_t* next = vanished.states.data();
    for (std::size_t s = 0; s < vanished.probabilities.size(); ++s, next += width)
      found[{next, next + width}] += each * vanished.probabilities[s];
  }
  InitialDistribution result;
  for (const auto& [state, probability] : found) {
    result.states.insert(result.states.end(), state.begin(), state.end());
    result.probabilities.push_back(probability);
  }
  return result;
}

}  // namespace steady::detail::prism
