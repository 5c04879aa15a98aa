#include "formats/base/relative_error.hpp"

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <string>

namespace steady::detail {
namespace {

constexpr int most_digits = 15;    // an integer of so many digits is a double
constexpr int largest_power = 22;  // of ten that is a double

double power_of_ten(int exponent) {
  double power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr long far = 1'000'000;  // an exponent beyond what any double has

// digits * 10^exponent, without zeros at either end of the digits.
struct Decimal {
  std::string digits;
  long exponent = 0;
};

Decimal parse(std::string_view text) {
  Decimal decimal;
  bool fraction = false;
  std::size_t k = text.find_first_of("0123456789.");
  for (; k < text.size() && (is_digit(text[k]) || (text[k] == '.' && !fraction)); ++k) {
    if (text[k] == '.') {
      fraction = true;
      continue;
    }
    if (text[k] != '0' || !decimal.digits.empty()) decimal.digits += text[k];
    if (fraction) --decimal.exponent;
  }
  if (k < text.size() && std::string_view("eEdD").find(text[k]) != std::string_view::npos) {
    const char* first = text.data() + k + 1;
    if (first != text.data() + text.size() && *first == '+') ++first;
    long exponent = 0;
    const auto [stop, problem] = std::from_chars(first, text.data() + text.size(), exponent);
    decimal.exponent = problem == std::errc() ? std::clamp(exponent, -far, far) + decimal.exponent : far;
  }
  for (; decimal.digits.ends_with('0'); ++decimal.exponent) decimal.digits.pop_back();
  return decimal;
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

double size_of(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_of("0123456789."), text.size()));
  double value = NAN;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double error_of_one(std::string_view text, double value) {
  const double size = std::abs(value);
  if (exact(parse(text), size)) return 0;
  return size >= DBL_MIN && std::isfinite(size) ? half_unit : INFINITY;
}

}  // namespace

double decimal_error(std::string_view text, double value) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return error_of_one(text, value);
  const std::string_view parts[] = {text.substr(0, slash), text.substr(slash + 1)};
  Interval of[2];
  for (int k = 0; k < 2; ++k) {
    const double part = size_of(parts[k]);
    of[k] = around(part, error_of_one(parts[k], part));
  }
  return relative_error(of[0] / of[1], std::abs(value));
}

}  // namespace steady::detail
