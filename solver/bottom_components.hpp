// The bottom components of a chain, each solved on its own.
//
// Those of some states are handed to the portfolio one after the other. Tiny ones, of which there may be thousands, are
// eliminated side by side: one thread each, no operator, no search for a method.
#pragma once

#include <span>
#include <vector>

#include "solver/portfolio.hpp"
#include "solver/structure/structure.hpp"

namespace steady::detail {

// What was found: as Stationary, over all states of the chain.
struct StationaryParts {
  std::vector<double> conditional;  // probability of each state within its component; 0 outside of those asked for
  Stationary how;                   // its distribution stays empty; of the largest component: storage, kernel, device
};

// `hints`: about the whole chain, for a component that is all of it. `wanted`: the numbers of the components.
// Budgets in the options are for all of them together. `from`: where each begins.
StationaryParts solve_components(const Chain& chain, const StructureHints& hints, const Grouping& grouping,
                                 std::span<const State> wanted, const Options& options, const Observer& observer,
                                 const InitialGuess& from);

}  // namespace steady::detail
