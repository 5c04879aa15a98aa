// Ctrl-C while a solve runs.
#pragma once

#include <atomic>
#include <csignal>
#include <iterator>

#include "solver/cli/budgets.hpp"

namespace steady::cli {

inline std::atomic<bool> interrupt_requested{false};

// Only for as long as a solve runs: the first Ctrl-C or SIGTERM asks it to stop, the second ends the program.
class InterruptGuard {
 public:
  InterruptGuard() {
    for (std::size_t k = 0; k < std::size(signals); ++k)
      before_[k] = std::signal(signals[k], [](int) {
        interrupt_requested = true;
        end_at_signals();
      });
  }
  ~InterruptGuard() {
    for (std::size_t k = 0; k < std::size(signals); ++k) std::signal(signals[k], before_[k]);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  static constexpr int signals[] = {SIGINT, SIGTERM};
  void (*before_[std::size(signals)])(int);
};

}  // namespace steady::cli
