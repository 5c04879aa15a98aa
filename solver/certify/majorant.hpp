// A proof for an irreducible chain that goes on with the matrix of its solve (majorant_checker.hpp): nothing is
// transposed, and only after multilevel is the matrix stored once more.
//
// The witness is y with y M >= b/4, M: minus the generator without row and column of the most likely state j. b is
// twice the size of r = p Q, and at least something everywhere, so that an iterative method finds it: of y M = b as the
// solution of z Q = -b, with b(j) such that both sides sum to 0, which is what the method of the solve does, and y =
// z - z(j)/p(j) p; after multilevel by cycles over the restarted chain (restarted_chain.hpp).
// Where the bound is too large, p is corrected by x with x Q = -r, and the same y proves what it is then.
#pragma once

#include <vector>

#include <steady/certify.hpp>
#include <steady/chain.hpp>

#include "solver/kept_matrix.hpp"

namespace steady::detail {

// Whether what solved the chain can find a majorant, too: cycles need sweeps in both directions.
bool suits_majorant(const KeptMatrix& kept);

// certify() of a distribution, for an irreducible chain without rate errors. Not proven where that takes too long; what
// it takes is subtracted from options.work.
Certificate certify_by_majorant(const Chain& chain, const std::vector<double>& distribution, const KeptMatrix& kept,
                                CertifyOptions& options);

}  // namespace steady::detail
