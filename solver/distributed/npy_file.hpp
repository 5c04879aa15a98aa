// A distribution as a .npy file that all ranks write together.
#pragma once

#include <string>
#include <vector>

#include "solver/distributed/generator.hpp"

namespace steady::detail {

// `own`: one number an own state. The file appears whole or not at all: it is written beside its place under another
// name, and renamed. Throws Error, cause machine, on all ranks. Where a rank is killed the other name stays,
// NAME.steady-PROCESS.
void write_npy(const std::string& path, const Generator& q, const std::vector<double>& own);

}  // namespace steady::detail
