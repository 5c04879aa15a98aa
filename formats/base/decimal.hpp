// Decimal numbers in texts, the same in every locale of the process.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace steady::detail {

// digits * 10^exponent, without zeros at either end of the digits; no digits: 0.
struct Decimal {
  std::string digits;
  long exponent = 0;
};

// The first number in the text without its sign, its exponent behind e, E, d or D.
Decimal parse_decimal(std::string_view text);

// The double nearest to it: infinite beyond the range of doubles, 0 below.
double nearest_double(const Decimal& decimal);

// The double nearest to the number that the whole text is, as nearest_double() has it; nothing where it is no number.
// "inf" and "nan" are what they say.
std::optional<double> parse_double(std::string_view text);

}  // namespace steady::detail
