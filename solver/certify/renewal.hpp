// How much is earned until a target is reached, from the initial distribution, however long that takes: by renewal.
//
// A state more, r, is put behind the target: from there the chain starts anew, at rates lambda a(i), a the initial
// distribution. In its long run pi, what flows out of r is lambda pi(r) a, and the balance of the states before the
// target says that pi(i) / (lambda pi(r)) is the expected time in i until the target is reached (Ross 1996, section
// 3.6). Nothing is subtracted there: pi is computed and proven entry by entry (relative.hpp), and so the total is
// relatively exact where a first passage (first_passage.cpp) takes more than a double has digits. In discrete time the
// same holds of P - I and visits.
#pragma once

#include <optional>
#include <vector>

#include <steady/measures.hpp>
#include <steady/options.hpp>
#include <steady/solve.hpp>

#include "formats/base/interval.hpp"

namespace steady::detail {

// All values that the leaf's total can have, from the initial distribution, from where its target is reached with
// probability 1; nothing where that is not proven. The chain must be valid.
std::optional<Interval> total_by_renewal(const Chain& chain, const Query& leaf, const Options& options,
                                         const Observer& observer);

}  // namespace steady::detail
