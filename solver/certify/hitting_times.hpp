// A proof for any chain by its hitting times (checker.hpp).
//
// References: the most likely state of each bottom component, where hitting times are short. Hitting times: one linear
// solve, to about one digit. Where the bound is too large, the distribution is kept as a sum of several vectors of
// doubles and corrected with its residual in that precision. Small chains are eliminated without subtractions, at need
// in 192 bits.
#pragma once

#include <vector>

#include <steady/certify.hpp>
#include <steady/chain.hpp>

#include "solver/certify/certify.hpp"

namespace steady::detail {

// certify() of a distribution.
Certificate certify_by_hitting_times(const Chain& chain, const std::vector<double>& distribution,
                                     const CertifyOptions& options, const ProofHints& hints);

}  // namespace steady::detail
