// One solve: a model read, solved and proven, and its properties answered.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "solver/answer/answer.hpp"
#include "solver/certify/nearby_answers.hpp"
#include "solver/cli/history.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/solve_arguments.hpp"

namespace steady::cli {

// A run that is over before there is any iterate.
class Unsolved : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What becomes of a finished solve; `history`: its residuals. Returns the exit code, which is the last
// argument unless something cannot be written.
using Finish = std::function<int(const Result& result, const History& history, int exit_code)>;
// What becomes of a run that has to end at once, and why. Returns the exit code.
using GiveUp = std::function<int(const std::string& why)>;

// Solves with these constants, from the neighbours' answers where it is in a grid. Returns the exit code; throws
// Unsolved.
int solve_once(SolveArguments arguments, const std::string& settings, const std::vector<PropertyText>& texts,
               ProgressLine& progress, const Finish& finish, const GiveUp& give_up, const GridPlace* grid = nullptr);

}  // namespace steady::cli
