// Elimination of a sparse chain without subtractions: every entry of the result is relatively exact, however
// decomposable or stiff the chain.
//
// Grassmann, Taksar and Heyman 1985, front by front (elimination_plan.hpp): what flows through an eliminated state is
// shared out among those that are left, and its exit rate is the sum of its rates to them, all of which are in its
// front. O'Cinneide 1993 bounds the relative error of every entry by about 2 n^3 units of rounding; observed is some
// units. In doubles, or where their range does not do in numbers of extended range. Shares are kept, the fronts are not.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "solver/methods/elimination_plan.hpp"
#include "solver/restriction.hpp"

namespace steady {

// The stationary distribution, summing to 1. None if `stop` says so, or where extended range would take more than the
// limits allow.
std::optional<std::vector<double>> eliminate_sparse(const Irreducible& chain, const EliminationPlan& plan,
                                                    const EliminationLimits& limits,
                                                    const std::function<bool()>& stop);

}  // namespace steady
