// Long-run averages of functions of the state, over all ranks.
#pragma once

#include <functional>
#include <vector>

#include <steady/measures.hpp>

#include "formats/base/interval.hpp"
#include "solver/distributed/generator.hpp"

namespace steady::detail {

// The answers to queries without a filter or a target, whose functions are of own states, numbered from 0. `p`: one
// probability an own state; `total_variation`: proven of it, infinite where nothing is. An iterate that has not
// `converged` answers no comparison that the proof does not. Throws AgreedError where a function has no value in a
// state.
std::vector<Measure> measure(const Generator& q, const std::vector<Query>& queries, const std::vector<double>& p,
                             double total_variation, bool converged);

}  // namespace steady::detail
