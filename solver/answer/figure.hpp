// The numbers of a report: a digit is shown where it is proven, or where no proof was made at all.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include <steady/measures.hpp>

#include "formats/base/interval.hpp"

namespace steady::detail {

struct Figure {
  double value;
  std::optional<Interval> proven;              // where the exact number is; none where no proof was made
  bool relative = false;                       // the proof counts digits from the number itself, however small
  std::optional<double> estimated_error = {};  // of what is not proven; none where nothing was estimated

  // How far the exact number can be from the value.
  double bound() const;
  // Whether the value's first digit is proven or estimated, within one, or neither a proof nor an estimate was made.
  bool known() const;
  // The digits that are proven, 12 at most, or 17 by a relative proof: the exact number is less than one unit of the
  // last of them away. Where none is: "below X, no digit proven", or between which numbers it is. Without a proof as
  // many as the estimate supports.
  std::string digits() const;
  // The digits, and behind them how far the exact number can be from what they say.
  std::string text() const;
};

// The measure's one value, with what is proven of it; its several values, as values_of(). `relative`: by a relative
// proof.
Figure figure_of(const Measure& measure, bool relative);
std::vector<Figure> figures_of(const Measure& measure, bool relative);

// Where no digit is proven: "below X, no digit proven", or between which numbers the exact one is.
std::string between(const Interval& proven);

// A bound in two digits, rounded up.
std::string upward(double bound);

// Adds json[key]: the value where it is known, else null, with "lower" and "upper", between which the exact number is,
// where that is proven. An estimated value in the digits that it is printed with.
void add(nlohmann::ordered_json& json, const char* key, const Figure& figure);

}  // namespace steady::detail
