// The residuals that a solve measured, one after the other.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace steady::cli {

struct HistoryEntry {
  std::size_t iterations;
  double seconds, residual;
  std::string_view method;
};

using History = std::vector<HistoryEntry>;

inline std::string as_csv(const History& history) {
  std::string text = "iteration,seconds,residual,method\n";
  for (const auto& [iterations, seconds, residual, method] : history)
    text += fmt::format("{},{:.6f},{:.6g},{}\n", iterations, seconds, residual, method);
  return text;
}

}  // namespace steady::cli
