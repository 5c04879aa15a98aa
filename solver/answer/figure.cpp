#include "solver/answer/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "formats/base/decimal.hpp"

namespace steady::detail {
namespace {

// x = d.ddd * 10^exponent
int exponent_of(double x) {
  const std::string text = fmt::format("{:.16e}", x);
  return std::atoi(text.c_str() + text.find('e') + 1);
}

// How many digits of the value are proven: half a unit of the last one is at least the bound, so that the value,
// rounded to them, is less than a unit from the exact number.
int proven_digits(double value, double bound, int most) {
  if (value == 0) return bound == 0 ? 1 : 0;
  const int exponent = exponent_of(value);
  int digits = most;
  while (digits > 0 && !(bound <= 0.5 * std::pow(10, exponent - digits + 1))) --digits;
  return digits;
}

// The number that the text says, which is within half a unit in the last place of the double it is read as.
Interval decimal(const std::string& text) {
  const double x = parse_double(text).value();
  if (fmt::format("{:.800g}", x) == text) return x;
  const double half = multiply_up(0.5, add_up(next_up(std::abs(x)), -std::abs(x)));
  return Interval(x) + Interval(-half, half);
}

// The nearest text of so many digits that says no number on the other side of x.
std::string not_above(double x, int digits) {
  const std::string text = fmt::format("{:.{}g}", x, digits);
  const double unit = std::pow(10, exponent_of(x) - digits + 1);
  return x == 0 || decimal(text).high <= x ? text : fmt::format("{:.{}g}", x - 0.51 * unit, digits);
}
std::string not_below(double x, int digits) {
  const std::string text = not_above(-x, digits);
  return text[0] == '-' ? text.substr(1) : x == 0 ? text : "-" + text;
}

// How many digits tell two numbers apart, and two more.
int digits_apart(double low, double high) {
  const double size = std::max(std::abs(low), std::abs(high));
  return std::clamp(2 + static_cast<int>(std::floor(std::log10(size / (high - low)))) + 1, 2, 12);
}

}  // namespace

double Figure::bound() const { return std::max(add_up(proven->high, -value), add_up(value, -proven->low)); }

bool Figure::known() const {
  if (std::isinf(value)) return true;
  if (proven) return proven_digits(value, bound(), 1) > 0;
  return !estimated_error || proven_digits(value, *estimated_error, 1) > 0;
}

std::string Figure::digits() const {
  if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
  if (!proven) {
    const int digits = estimated_error ? proven_digits(value, *estimated_error, 12) : 12;
    return digits > 0 ? fmt::format("{:.{}g}", value, digits) : "no digit known";
  }
  if (const int digits = proven_digits(value, bound(), relative ? 17 : 12); digits > 0)
    return fmt::format("{:.{}g}", value, digits);
  return between(*proven);
}

std::string Figure::text() const {
  std::string text = digits();
  if (!proven || !known()) return text;
  const double distance = magnitude(*proven - decimal(text));
  if (!relative || value == 0) return text + " +- " + upward(distance);
  const double least = std::min(std::abs(proven->low), std::abs(proven->high));
  return fmt::format("{} +- {} relative, proven", text, upward(divide_up(distance, least)));
}

Figure figure_of(const Measure& measure, bool relative) {
  Figure figure{*measure.value, {}, relative};
  if (measure.lower) figure.proven = Interval(*measure.lower, *measure.upper);
  figure.estimated_error = measure.estimated_error;
  return figure;
}

std::vector<Figure> figures_of(const Measure& measure, bool relative) {
  if (measure.value) return {figure_of(measure, relative)};
  std::vector<Figure> figures;
  for (const double value : values_of(measure)) figures.push_back({value, {}, relative});
  for (std::size_t k = 0; k < measure.bounds_of_each.size(); ++k)
    figures[k].proven = Interval(measure.bounds_of_each[k].lower, measure.bounds_of_each[k].upper);
  return figures;
}

std::string between(const Interval& proven) {
  if (proven.low == 0) return fmt::format("below {}, no digit proven", not_below(proven.high, 2));
  const int digits = digits_apart(proven.low, proven.high);
  return fmt::format("between {} and {}, no digit proven", not_above(proven.low, digits),
                     not_below(proven.high, digits));
}

std::string upward(double bound) {
  if (!(bound > 0) || !std::isfinite(bound)) return fmt::format("{:.2g}", bound);
  return fmt::format("{:.2g}", bound + 0.051 * std::pow(10, exponent_of(bound)));
}

void add(nlohmann::ordered_json& json, const char* key, const Figure& figure) {
  const bool estimated = !figure.proven && figure.estimated_error;
  const auto value = [&] { return estimated ? parse_double(figure.digits()).value_or(figure.value) : figure.value; };
  json[key] = figure.known() ? nlohmann::ordered_json(value()) : nlohmann::ordered_json(nullptr);
  if (figure.known() || !figure.proven) return;
  json["lower"] = figure.proven->low;
  json["upper"] = figure.proven->high;
}

}  // namespace steady::detail
