// Elimination of a sparse chain without subtractions, the states of least degree first.
//
// Grassmann, Taksar and Heyman 1985; the order of Markowitz 1957: next is the state whose censoring makes fewest new
// transitions. Chains like paths, rings, trees and narrow bands, however long, are eliminated in linear time, with
// every entry of the result relatively exact, however decomposable they are. On other chains the transitions grow too
// many.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "solver/restriction.hpp"

namespace steady {

// Whether the chain looks like one that elimination leaves sparse.
bool looks_sparse_to_eliminate(const Irreducible& chain);

// The stationary distribution, summing to 1; nothing where that would take too much work, or if `stop` says so.
std::optional<std::vector<double>> eliminate_sparse(const Irreducible& chain, const std::function<bool()>& stop);

}  // namespace steady
