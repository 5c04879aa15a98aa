// A chain as a picture: where its transitions lie in the matrix, and how many leave a state.
#pragma once

#include <string>

#include <steady/chain.hpp>

namespace steady::cli {

// SVG. Left the matrix, a row for each source and a column for each target, in cells of several states for a large
// chain, the darker the fuller on a logarithmic scale; right how many states have how many transitions, self-loops
// included.
std::string picture(const std::string& title, const Chain& chain);

}  // namespace steady::cli
