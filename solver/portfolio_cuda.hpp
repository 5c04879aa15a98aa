// The portfolio on a GPU. In a build without nvcc: the words for its absence (cuda_absent.cpp).
#pragma once

#include "formats/vectors/gpus.hpp"
#include "solver/portfolio.hpp"

namespace steady::detail {

// find_stationary on the first GPU. Throws Error of cause machine where there is none that can be used, and NoRoom
// where its memory is too small.
Stationary find_stationary_on_cuda(const IrreducibleChain& chain, const Options& options, const Observer& observer,
                                   const InitialGuess& from);

}  // namespace steady::detail
