// Which numbers an option takes: what a refusal says, from the command line or from a program.
#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace steady::detail {

struct OptionRange {
  std::string_view option;  // its name
  double low, high = std::numeric_limits<double>::infinity();
  bool ends = true;    // low and high are taken, too
  bool whole = false;  // only whole numbers
};

// nullptr where an option of that name takes no number that is limited.
const OptionRange* find_range(std::string_view option);

// "above 0", "a whole number from 1 to 1000".
std::string describe(const OptionRange& range);

// Throws Error, "tolerance must be above 0 and below 1, got 5", for a number that the option does not take.
void require_in_range(std::string_view option, double value);
// The same of a text that should be such a number: "--tolerance must be ...".
void require_in_range(const OptionRange& range, const std::string& text);

}  // namespace steady::detail
