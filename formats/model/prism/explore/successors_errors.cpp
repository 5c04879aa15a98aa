// How far rates are from what they would be if nothing were rounded.
#include <algorithm>
#include <cmath>

#include "formats/base/relative_error.hpp"
#include "formats/model/prism/explore/successors.hpp"

namespace steady::detail::prism {

// Of the rates, or probabilities, of the part's enabled commands; lowers `least` to the smallest of them.
double Successors::part_error(std::uint32_t part, double& least) {
  double error = 0;
  const auto look_at = [&](const Interval& exact, double rate) {
    if (rate == 0 && exact.low == 0 && exact.high == 0) return;
    error = std::max(error, relative_error(exact, rate));
    least = std::min(least, rate);
  };
  for (const Source& source : sources(part)) {
    if (choices(source).enabled == 0) continue;
    for (const std::uint32_t c : tables_[source.table].enabled(part, values_)) {
      const std::vector<CompiledUpdate>& updates = model_.commands[c].updates;
      double sum = 0;
      Interval exact_sum;
      for (const CompiledUpdate& update : updates) {
        sum += values_.rate(update);
        exact_sum = exact_sum + values_.enclosed(update.rate);
      }
      const bool divided = model_.kind == Kind::dtmc && sum != 1;  // as CommandTable does
      for (const CompiledUpdate& update : updates) {
        const Interval exact = values_.enclosed(update.rate);
        look_at(model_.kind == Kind::dtmc ? exact / exact_sum : exact, values_.rate(update) / (divided ? sum : 1));
      }
    }
  }
  return error;
}

double Successors::rate_error() {
  constexpr double smallest_exact_product = 0x1p-1000;  // below it products lose digits
  double worst = 0;
  for (const Synchronization& synchronization : model_.synchronizations) {
    const auto enabled = [&](std::uint32_t part) {
      const auto own = sources(part);
      return std::any_of(own.begin(), own.end(), [&](const Source& source) { return choices(source).enabled > 0; });
    };
    if (!std::all_of(synchronization.parts.begin(), synchronization.parts.end(), enabled)) continue;
    double error = 0, product = 1;
    for (const std::uint32_t part : synchronization.parts) {
      double least = INFINITY;
      const double own = part_error(part, least);
      error = part == synchronization.parts.front() ? own : compounded(compounded(error, own), half_unit);
      product *= std::min(least, 1.0);
    }
    worst = std::max(worst, product < smallest_exact_product ? INFINITY : error);
  }
  return model_.kind == Kind::dtmc && choices_ > 1 ? compounded(worst, half_unit) : worst;
}

}  // namespace steady::detail::prism
