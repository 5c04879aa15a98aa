#include "formats/base/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

namespace steady::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr long far = 1'000'000;  // an exponent beyond what any double has

}  // namespace

Decimal parse_decimal(std::string_view text) {
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
    const bool negative = first != text.data() + text.size() && *first == '-';
    if (problem == std::errc::result_out_of_range) exponent = negative ? -far : far;
    decimal.exponent += std::clamp(exponent, -far, far);
  }
  for (; decimal.digits.ends_with('0'); ++decimal.exponent) decimal.digits.pop_back();
  return decimal;
}

double nearest_double(const Decimal& decimal) {
  if (decimal.digits.empty()) return 0;
  const std::string text = decimal.digits + "e" + std::to_string(decimal.exponent);
  double value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc::result_out_of_range) return value;
  return static_cast<long>(decimal.digits.size()) + decimal.exponent > 0 ? INFINITY : 0;
}

std::optional<double> parse_double(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::invalid_argument || stop != text.data() + text.size()) return std::nullopt;
  if (problem != std::errc::result_out_of_range) return value;
  return std::copysign(nearest_double(parse_decimal(text)), text[0] == '-' ? -1 : 1);
}

}  // namespace steady::detail
