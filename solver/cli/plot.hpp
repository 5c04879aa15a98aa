// What solve draws: residuals and marginals of one solve, measures of a grid of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "solver/answer/result.hpp"
#include "solver/cli/chart.hpp"
#include "solver/cli/experiments.hpp"
#include "solver/cli/history.hpp"

namespace steady::cli {

std::string plot_of_solve(const Result& result, const History& history);

// Each measure against the first constant that varies, a line for each combination of the others' values, with what is
// proven as bars.
class ExperimentPlot {
 public:
  explicit ExperimentPlot(std::vector<std::string> names) : names_(std::move(names)) {}

  void add(const Experiment& experiment, const Result& result);
  std::string svg(const std::string& title) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> measures_;                    // in the order of the report
  std::map<std::string, std::vector<ChartLine>> lines_;  // by measure
};

}  // namespace steady::cli
