// A guess for a whole chain, as far as it says something of a bottom component.
#pragma once

#include <span>

#include <steady/iteration.hpp>

namespace steady::detail {

// The part of it that is about a bottom component (ascending states), as a distribution over its states in which
// nothing is 0: a method may divide by an entry. Entries that are not positive get an equal share of 1e-16, which no
// residual can see. No iterate where it says nothing about these states.
InitialGuess restrict_to(std::span<const State> states, const InitialGuess& from);

}  // namespace steady::detail
