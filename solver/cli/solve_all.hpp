// Solves for each combination of the constants' values.
#pragma once

#include <vector>

#include "solver/cli/experiments.hpp"
#include "solver/cli/solve_once.hpp"

namespace steady::cli {

// What goes wrong in one of them is said, and loses none of the others; only bad input ends them all. Returns the exit
// code.
int solve_all(const SolveArguments& arguments, const Experiments& experiments, const std::vector<PropertyText>& texts,
              ProgressLine& progress);

}  // namespace steady::cli
