#include "formats/model/rounded_sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <steady/error.hpp>

#include "formats/model/explicit_chain.hpp"

namespace steady::detail {

namespace {

// Half of the power of ten above the value: times 10^-d the most that rounding it to d digits takes away.
double half_digit(double value) { return value > 0 ? 0.5 * std::pow(10, std::floor(std::log10(value)) + 1) : 0; }

}  // namespace

// Of 0.00120, 2: from the first one that is not 0 to the last.
void RoundedSums::read(std::string_view decimal) {
  constexpr int all = 17;  // of a double
  if (digits_ >= all) return;
  int digits = 0, zeros = 0;
  for (const char c : decimal.substr(0, decimal.find_first_of("eE"))) {
    if (c < '0' || c > '9') continue;
    if (c == '0') {
      zeros += digits > 0 ? 1 : 0;
    } else {
      digits += zeros + 1;
      zeros = 0;
    }
  }
  digits_ = std::max(digits_, digits);
}

void RoundedSums::look_at(const Sum& sum, double tolerance, std::span<const Triplet> numbers, bool expected_is_exact) {
  const double difference = std::abs(sum.expected - sum.sum);
  if (difference <= tolerance) return;
  double explained = expected_is_exact ? 0 : half_digit(sum.expected);
  for (const Triplet& number : numbers) explained += half_digit(number.value);
  const double excess = std::isfinite(sum.sum) && explained > 0 ? difference / explained : INFINITY;
  if (excess <= excess_) return;
  excess_ = excess;
  oddest_ = sum;
}

void RoundedSums::judge(const std::string& path, Kind kind, std::vector<std::string>& notes) const {
  if (excess_ == 0) return;
  constexpr int fewest = 4;  // a file whose numbers all have fewer is not rounded, but wrong
  constexpr double slack = 1 + 1e-6;
  const int digits = std::max(digits_, fewest);
  const bool rates = kind == Kind::ctmc;
  const auto& [expected, sum, state, line] = oddest_;
  const std::string what = rates
                               ? fmt::format("state {} has exit rate {}, but its rates sum to {}", state, expected, sum)
                               : fmt::format("state {} sums to {}: probabilities sum to 1", state, sum);
  if (excess_ > std::pow(10, -digits) * slack)
    throw Error(fmt::format("{}:{}: {}{}", path, line, what, rates ? "" : ways_out(sum, false)));
  notes.push_back(fmt::format("the file has {} digits, and its {} only as far as these go: {}", digits,
                              rates ? "exit rates are the sums of rates" : "probabilities sum to 1", what));
}

}  // namespace steady::detail
