// Where a chain begins.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

struct InitialDistribution {
  std::vector<std::uint64_t> states;  // tangible, packed one after another
  std::vector<double> probabilities;  // of each
};

// Equally likely in these states, packed one after another; where some are vanishing, in those that follow them.
InitialDistribution initial_distribution(const CompiledModel& model, std::vector<std::uint64_t>&& states);

}  // namespace steady::detail::prism
