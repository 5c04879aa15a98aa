#include "solver/cli/plot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <steady/error.hpp>

namespace steady::cli {
namespace {

ChartPoint point_of(double x, const Figure& figure) {
  if (!figure.proven) return {x, figure.value, figure.value, figure.value};
  return {x, figure.value, figure.proven->low, figure.proven->high};
}

Chart residuals(const Solution& solution, const History& history) {
  Chart chart{"residual", "seconds", "logarithmic", Chart::Style::steps, true, {}};
  for (const HistoryEntry& entry : history) {
    const std::string method(entry.method);
    if (chart.lines.empty() || chart.lines.back().label != method) chart.lines.push_back({method, {}});
    chart.lines.back().points.push_back({entry.seconds, entry.residual, entry.residual, entry.residual});
  }
  if (chart.lines.empty())
    chart.lines = {{"", {{solution.seconds.solve, solution.residual, solution.residual, solution.residual}}}};
  return chart;
}

// What stands for the other constants of an experiment.
std::string label_of(const std::vector<std::string>& names, const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t k = 1; k < names.size(); ++k)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", names[k], values[k]);
  return text;
}

}  // namespace

std::string plot_of_solve(const Result& result, const History& history) {
  std::vector<Chart> charts;
  if (result.marginals)
    for (const Marginal& marginal : marginals(result)) {
      Chart chart{marginal.variable, "value", "probability", Chart::Style::columns, false, {{"", {}}}};
      for (const auto& [value, probability] : marginal.probability)
        chart.lines[0].points.push_back(point_of(static_cast<double>(value), probability));
      charts.push_back(std::move(chart));
    }
  charts.push_back(residuals(result.solution, history));
  return charts_as_svg(result.file, charts);
}

void ExperimentPlot::add(const Experiment& experiment, const Result& result) {
  const std::string label = label_of(names_, experiment.values);
  const std::vector<std::string> names = names_of(result.measures);
  for (std::size_t k = 0; k < names.size(); ++k) {
    const Measure& measure = result.measures[k];
    if (!measure.value) continue;
    if (!lines_.contains(names[k])) measures_.push_back(names[k]);
    std::vector<ChartLine>& lines = lines_[names[k]];
    auto line = std::find_if(lines.begin(), lines.end(), [&](const ChartLine& other) { return other.label == label; });
    if (line == lines.end()) line = lines.insert(lines.end(), {label, {}});
    line->points.push_back(point_of(experiment.place()[0], figure_of(measure, result.relatively_proven())));
  }
}

std::string ExperimentPlot::svg(const std::string& title) const {
  std::vector<Chart> charts;
  for (const std::string& measure : measures_)
    charts.push_back({measure, names_[0], "", Chart::Style::marked_lines, false, lines_.at(measure)});
  return charts_as_svg(title, charts);
}

}  // namespace steady::cli
