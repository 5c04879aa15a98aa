// What a report prints of a number holds for what it says, compared with exact fractions.
#include "solver/answer/figure.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <random>

#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

using Integer = boost::multiprecision::cpp_int;
using Rational = boost::multiprecision::cpp_rational;

// Of a decimal such as -1.25e-3, exactly.
Rational number_in(std::string text) {
  const bool negative = text[0] == '-';
  if (negative) text.erase(0, 1);
  const std::size_t e = text.find('e');
  int exponent = e == std::string::npos ? 0 : std::stoi(text.substr(e + 1));
  text.resize(std::min(e, text.size()));
  if (const std::size_t point = text.find('.'); point != std::string::npos) {
    exponent -= static_cast<int>(text.size() - point - 1);
    text.erase(point, 1);
  }
  text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));  // else they are octal
  const Rational digits{Integer(text)}, power{pow(Integer(10), static_cast<unsigned>(std::abs(exponent)))};
  const Rational size = exponent < 0 ? Rational(digits / power) : Rational(digits * power);
  return negative ? Rational(-size) : size;
}

// Whether every number of the interval is as near as the figure's text says.
bool holds(const Figure& figure) {
  const std::string text = figure.text();
  const std::size_t sign = text.find(" +- ");
  if (sign == std::string::npos) return !figure.known();
  const Rational said = number_in(text.substr(0, sign));
  const Rational off = number_in(text.substr(sign + 4, text.find(' ', sign + 4) - sign - 4));
  for (const double end : {figure.proven->low, figure.proven->high}) {
    const Rational exact(end), most = figure.relative ? Rational(off * abs(exact)) : off;
    if (abs(Rational(said - exact)) > most) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("what stands behind +- counts the rounding of the digits before it", "[figure]") {
  const Interval proven(0x1.661f9951df266p-9, 0x1.661f9951df268p-9);
  CHECK(holds({middle(proven), proven, true}));
  std::mt19937_64 random(1);
  const auto between = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  for (int k = 0; k < 20'000; ++k) {
    const double size = std::pow(10, between(-280, 20)) * (random() % 4 == 0 ? -1 : 1);
    const double width = random() % 2 == 0 ? std::ldexp(std::abs(size), -52) * static_cast<double>(random() % 5)
                                           : std::abs(size) * std::pow(10, between(-17, 0));
    const Interval range(size - width / 2, size + width / 2);
    for (const bool relative : {false, true}) {
      const Figure figure{middle(range), range, relative};
      INFO(figure.text() << " of " << range.low << " to " << range.high);
      REQUIRE(holds(figure));
    }
  }
}

TEST_CASE("numbers that their digits say exactly are as near as the proof", "[figure]") {
  const auto as_near = [](double x) { return (Figure{x, Interval(x), false}).text().ends_with(" +- 0"); };
  for (const double x : {0.0, 0.5, 1.0, 3.0, -2.75}) CHECK(as_near(x));
  CHECK_FALSE(as_near(0.1));
}

TEST_CASE("the ends of what has no proven digit are near the proven ones", "[figure]") {
  CHECK((Figure{0.9375, Interval(0.875, 1), false}).text() == "between 0.875 and 1, no digit proven");
  CHECK((Figure{1.5, Interval(0.9999993, 1.99999), false}).text() == "between 0.999 and 2, no digit proven");
  CHECK((Figure{-6, Interval(-9.999, -1), false}).text() == "between -10 and -1, no digit proven");
  CHECK((Figure{0.004, Interval(0, 0.00901), false}).text() == "below 0.0091, no digit proven");
  std::mt19937_64 random(2);
  for (int k = 0; k < 5'000; ++k) {
    const double low = std::ldexp(static_cast<double>(random() % 1000) - 500, static_cast<int>(random() % 40));
    const double high = low + std::ldexp(1 + static_cast<double>(random() % 1000), static_cast<int>(random() % 40));
    const Figure figure{low / 2 + high / 2, Interval(low, high), false};
    const std::string text = figure.text();
    if (figure.known() || !text.starts_with("between")) continue;
    const std::size_t middle = text.find(" and ");
    const Rational from = number_in(text.substr(8, middle - 8));
    const Rational to = number_in(text.substr(middle + 5, text.find(',') - middle - 5));
    INFO(text << " of " << low << " to " << high);
    CHECK(from <= Rational(low));
    CHECK(to >= Rational(high));
    CHECK(Rational(to - from) <= Rational(high - low) * 5 / 4);
  }
}
