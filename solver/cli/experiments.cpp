#include "solver/cli/experiments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include <steady/error.hpp>

#include "formats/base/decimal.hpp"
#include "formats/base/split.hpp"
#include "formats/base/with_commas.hpp"

namespace steady::cli {
namespace {

constexpr std::size_t most = 100'000;

std::optional<double> number(std::string_view text) {
  const std::optional<double> value = detail::parse_double(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// The values of "2:2:10", low, step and high, or "1:5", where the step is 1.
std::vector<std::string> values_of(std::string_view range) {
  const std::vector<std::string_view> parts = detail::split(range, ':');
  std::vector<double> numbers;
  for (const std::string_view part : parts)
    if (const auto value = number(part)) numbers.push_back(*value);
  if (numbers.size() == 2 && parts.size() == 2) numbers.insert(numbers.begin() + 1, 1.0);
  if (numbers.size() != 3 || parts.size() > 3 || !(numbers[1] > 0) || numbers[0] > numbers[2])
    throw Error(
        fmt::format("constants: {} is no range; one is low:high or low:step:high, with a positive step", range));
  const double steps = std::floor((numbers[2] - numbers[0]) / numbers[1] + 1e-9);
  if (steps >= most) throw Error(fmt::format("constants: {} has more than {} values", range, most));
  std::vector<std::string> values;
  for (std::size_t k = 0; k <= static_cast<std::size_t>(steps); ++k)
    values.push_back(fmt::format("{:.15g}", numbers[0] + static_cast<double>(k) * numbers[1]));
  return values;
}

std::string cell(const Measure& measure, bool relative) {
  if (measure.undecided) return "undecided";
  if (measure.filter == Filter::Kind::print) return fmt::format("{} states", measure.by_state.size());
  if (measure.holds) return fmt::format("{}", *measure.holds);
  const std::vector<Figure> figures = figures_of(measure, relative);
  if (measure.filter == Filter::Kind::range) return fmt::format("[{}, {}]", figures[0].digits(), figures[1].digits());
  return figures[0].digits();
}

// Of the measure, where any are asked for.
std::vector<Sensitivity> sensitivities_of(const Result& result, std::size_t measure) {
  return result.sensitivities.empty() ? std::vector<Sensitivity>() : result.sensitivities[measure];
}

}  // namespace

std::vector<double> Experiment::place() const {
  std::vector<double> numbers;
  for (const std::string& value : values) numbers.push_back(detail::parse_double(value).value());
  return numbers;
}

Experiments find_experiments(const std::string& settings) {
  Experiments experiments;
  experiments.list.resize(1);
  for (const std::string_view setting : detail::split(settings, ',')) {
    const std::size_t equal = setting.find('=');
    const bool varies = equal != std::string::npos && setting.find(':', equal) != std::string::npos;
    const std::string name(setting.substr(0, equal));
    const std::vector<std::string> values =
        varies ? values_of(setting.substr(equal + 1)) : std::vector{std::string(setting)};
    if (varies) experiments.names.push_back(name);
    std::vector<Experiment> product;
    for (const Experiment& so_far : experiments.list)
      for (const std::string& value : values) {
        Experiment& next = product.emplace_back(so_far);
        next.settings += (next.settings.empty() ? "" : ",") + (varies ? name + "=" + value : value);
        if (varies) next.values.push_back(value);
        if (product.size() > most) throw Error(fmt::format("constants: more than {} experiments", most));
      }
    experiments.list = std::move(product);
  }
  return experiments;
}

void ExperimentTable::add(const Experiment& experiment, const Result& result) {
  if (rows_.empty()) {
    rows_.push_back(names_);
    rows_.back().emplace_back("states");
    const std::vector<std::string> names = names_of(result.measures);
    for (std::size_t k = 0; k < names.size(); ++k) {
      rows_.back().push_back(names[k]);
      for (const Sensitivity& by : sensitivities_of(result, k))
        rows_.back().push_back(fmt::format("{} by {}", names[k], by.constant));
    }
    rows_.back().emplace_back("residual");
  }
  std::vector<std::string>& row = rows_.emplace_back(experiment.values);
  row.push_back(with_commas(result.model.chain.size()));
  for (std::size_t k = 0; k < result.measures.size(); ++k) {
    row.push_back(cell(result.measures[k], result.relatively_proven()));
    for (const Sensitivity& by : sensitivities_of(result, k)) row.push_back(sensitivity_digits(by.derivative, result));
  }
  row.push_back(fmt::format("{:.2g}{}", result.solution.residual, result.converged() ? "" : " NOT CONVERGED"));
}

std::string ExperimentTable::text() const {
  std::vector<std::size_t> width;
  for (const auto& row : rows_) {
    width.resize(std::max(width.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c)
      text += fmt::format("{}{:<{}}", c > 0 ? "  " : "", row[c], c + 1 < row.size() ? width[c] : 0);
    text += '\n';
  }
  return text;
}

}  // namespace steady::cli
