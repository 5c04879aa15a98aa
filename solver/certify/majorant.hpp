// A proof for an irreducible chain that goes on with the matrix of its solve (majorant_checker.hpp): no other is
// stored, and nothing is transposed.
//
// The witness is y with y M = b, M: minus the generator without row and column of the most likely state j. b is twice
// the size of r = p Q, and some more everywhere, so that an iterative method finds it. It is found as the solution of
// z Q = -b, with b(j) such that both sides sum to 0, which is what the method of the solve does; y = z - z(j)/p(j) p.
// Where the bound is too large, p is corrected by x with x Q = -r, and the same y proves what it is then.
#pragma once

#include <vector>

#include <steady/certify.hpp>
#include <steady/chain.hpp>

#include "solver/kept_matrix.hpp"

namespace steady::detail {

// Whether what solved the chain is likely to find a majorant, too: cycles are, where few were needed.
bool suits_majorant(const KeptMatrix& kept);

// certify() of a distribution, for an irreducible chain without rate errors. Not proven where that takes too long; what
// it takes is subtracted from options.work.
Certificate certify_by_majorant(const Chain& chain, const std::vector<double>& distribution, const KeptMatrix& kept,
                                CertifyOptions& options);

}  // namespace steady::detail
