// What `steady_mpi solve` is told on the command line: the options of `steady solve` as far as they apply here.
#pragma once

#include <string>
#include <vector>

#include "solver/cli/solve_arguments.hpp"

namespace steady::cli {

// Those that apply, for help.
po::options_description distributed_options();

// Throws Error, by name, for an option of `steady solve` that does not apply, and for whatever else is wrong with them.
SolveArguments parse_distributed_arguments(const std::vector<std::string>& words);

// Throws Error for properties that are not answered here: with a filter, or until a target is reached.
void require_long_run_averages(const std::string& name, const std::string& text);

}  // namespace steady::cli
