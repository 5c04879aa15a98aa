// Several solves in one call: ranges among the constants, as in --const n=1:5 or n=2:2:10, and the table of the
// answers.
#pragma once

#include <string>
#include <vector>

#include "solver/answer/result.hpp"

namespace steady::cli {

using namespace detail;

struct Experiment {
  std::string settings;             // as in --const, without ranges
  std::vector<std::string> values;  // of the constants that vary

  std::vector<double> place() const;  // these as numbers
};

struct Experiments {
  std::vector<std::string> names;  // of the constants that vary; none: there is one experiment
  std::vector<Experiment> list;    // every combination, the last constant's values first
};

// Throws Error for a range that is none, or for more than 100,000 experiments.
Experiments find_experiments(const std::string& settings);

// A line a solve: the constants that vary, the number of states, every measure and its derivatives.
class ExperimentTable {
 public:
  explicit ExperimentTable(std::vector<std::string> names) : names_(std::move(names)) {}

  void add(const Experiment& experiment, const Result& result);
  std::string text() const;

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;  // the first: what the columns are
};

}  // namespace steady::cli
