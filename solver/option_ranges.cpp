#include "solver/option_ranges.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include <steady/error.hpp>

#include "formats/base/decimal.hpp"

namespace steady::detail {

namespace {

constexpr OptionRange ranges[] = {
    {.option = "error", .low = 0, .ends = false},
    {.option = "relative", .low = 0, .high = 1, .ends = false},
    {.option = "tolerance", .low = 0, .high = 1, .ends = false},
    {.option = "relaxation", .low = 0, .high = 2, .ends = false},
    {.option = "restart", .low = 1, .high = 1000, .whole = true},
    {.option = "threads", .low = 0, .high = 4096, .whole = true},
    {.option = "max-iterations", .low = 0, .high = 0x1p53, .whole = true},
    {.option = "top", .low = 0, .high = 0x1p53, .whole = true},
    {.option = "time-limit", .low = 0},
    {.option = "memory-limit", .low = 0},
    {.option = "limit", .low = 0, .ends = false},
    {.option = "repetitions", .low = 1, .high = 1000, .whole = true},
};

bool takes(const OptionRange& range, double value) {
  if (range.whole && value != std::floor(value)) return false;
  return range.ends ? value >= range.low && value <= range.high : value > range.low && value < range.high;
}

}  // namespace

const OptionRange* find_range(std::string_view option) {
  for (const OptionRange& range : ranges)
    if (range.option == option) return &range;
  return nullptr;
}

std::string describe(const OptionRange& range) {
  const char* const number = range.whole ? "a whole number, " : "";
  if (std::isinf(range.high)) return fmt::format("{}{} {}", number, range.ends ? "at least" : "above", range.low);
  return range.ends ? fmt::format("{}from {} to {}", number, range.low, range.high)
                    : fmt::format("{}above {} and below {}", number, range.low, range.high);
}

void require_in_range(std::string_view option, double value) {
  const OptionRange* range = find_range(option);
  if (range != nullptr && !takes(*range, value))
    throw Error(fmt::format("{} must be {}, got {}", option, describe(*range), value));
}

void require_in_range(const OptionRange& range, const std::string& text) {
  const std::optional<double> value = parse_double(text);
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  if (value == 0.0 && !parse_decimal(text).digits.empty())
    throw Error(fmt::format("--{} {}: no double is so small", range.option, text));
  if (!value || (range.whole && !digits) || !takes(range, *value))
    throw Error(fmt::format("--{} must be {}, got {}", range.option, describe(range), text.empty() ? "''" : text));
}

}  // namespace steady::detail
