// One solve by all ranks.
#pragma once

#include <string>
#include <vector>

#include "solver/distributed/ranks.hpp"

namespace steady::cli {

// `words`: the arguments of `steady_mpi solve`. Returns the exit code, the same on all ranks. Throws AgreedError on all
// of them; what one throws alone is anything else.
int solve_distributed(const detail::Ranks& ranks, const std::vector<std::string>& words);

}  // namespace steady::cli
