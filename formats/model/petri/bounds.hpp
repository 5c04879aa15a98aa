// How many tokens a place can hold, as the structure of a net says it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace steady::detail::petri {

// What the transitions of a net add to its places, where that is the same in every marking.
struct Incidence {
  std::vector<std::int64_t> marking;               // in the beginning, of each place
  std::vector<std::vector<std::int64_t>> changes;  // of each transition: what it adds to each place
};

// Of each place the largest number of tokens that invariants allow it: sums of tokens, with weights of at least 0, that
// no transition changes (place semiflows, by the Fourier-Motzkin elimination of J. Farkas; J. Martinez and M. Silva,
// 1982). Nothing where no invariant has the place, or where there are too many to find them all.
std::vector<std::optional<std::int64_t>> invariant_bounds(const Incidence& net);

}  // namespace steady::detail::petri
