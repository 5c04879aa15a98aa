// A distribution as a .npy file that all ranks write together, and of which each reads its part.
#pragma once

#include <string>
#include <vector>

#include "solver/distributed/generator.hpp"

namespace steady::detail {

// `own`: one number an own state. The file appears whole or not at all: it is written beside its place under another
// name, and renamed. Throws Error, cause machine, on all ranks. Where a rank is killed the other name stays,
// NAME.steady-PROCESS.
void write_npy(const std::string& path, const Generator& q, const std::vector<double>& own);

// The numbers of own states, none of which is negative. Throws Error, on this rank alone, where the file is not what
// write_npy() makes of a chain with as many states.
std::vector<double> read_npy(const std::string& path, const Generator& q);

}  // namespace steady::detail
