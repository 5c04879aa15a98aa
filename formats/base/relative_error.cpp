#include "formats/base/relative_error.hpp"

#include <algorithm>
#include <cfloat>

#include "formats/base/decimal.hpp"

namespace steady::detail {
namespace {

constexpr int most_digits = 15;    // an integer of so many digits is a double
constexpr int largest_power = 22;  // of ten that is a double

double power_of_ten(int exponent) {
  double power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// Whether the decimal is the double |value|: decided with integers and powers of ten that are doubles themselves.
bool exact(const Decimal& decimal, double value) {
  if (decimal.digits.empty()) return value == 0;
  if (decimal.digits.size() > most_digits || std::abs(decimal.exponent) > largest_power) return false;
  double integer = 0;
  for (const char digit : decimal.digits) integer = 10 * integer + (digit - '0');
  const double power = power_of_ten(static_cast<int>(std::abs(decimal.exponent)));
  return decimal.exponent >= 0 ? std::fma(integer, power, -value) == 0 : std::fma(value, power, -integer) == 0;
}

double error_of_one(std::string_view text, double value) {
  const double size = std::abs(value);
  const Decimal decimal = parse_decimal(text);
  if (exact(decimal, size)) return 0;
  return size >= DBL_MIN && std::isfinite(size) && size == nearest_double(decimal) ? half_unit : INFINITY;
}

}  // namespace

double decimal_error(std::string_view text, double value) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return error_of_one(text, value);
  const std::string_view parts[] = {text.substr(0, slash), text.substr(slash + 1)};
  Interval of[2];
  for (int k = 0; k < 2; ++k) {
    const double part = nearest_double(parse_decimal(parts[k]));
    of[k] = around(part, error_of_one(parts[k], part));
  }
  return relative_error(of[0] / of[1], std::abs(value));
}

}  // namespace steady::detail
