// Divisors that may be 0: what is divided by them is not known, whatever a quotient of doubles says.
#pragma once

#include <set>

#include <steady/measures.hpp>

#include "solver/certify/certify.hpp"

namespace steady::detail {

// Whether there is a quotient in the query.
bool divides(const Query& query);

// The leaves of those of the query's divisors that may be 0, by the values that each leaf may have. `known`: what is
// proven; where that is not finite, the leaf is within 1e-9 of its `value`, relatively.
std::set<const Query*> leaves_of_zeros(const Query& query, const LeafEnclosure& known, const LeafValue& value);

}  // namespace steady::detail
