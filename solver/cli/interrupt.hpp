// Ctrl-C while a solve runs.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <iterator>

#include "solver/cli/budgets.hpp"

namespace steady::cli {

inline std::atomic<bool> interrupt_requested{false};

// Only for as long as a solve runs: the first Ctrl-C or SIGTERM asks it to stop, the next one a second later or more
// ends the program. Nearer ones are the same: timeout(1) signals the process and then its group.
class InterruptGuard {
 public:
  InterruptGuard() {
    for (std::size_t k = 0; k < std::size(signals); ++k) before_[k] = std::signal(signals[k], on_signal);
  }
  ~InterruptGuard() {
    for (std::size_t k = 0; k < std::size(signals); ++k) std::signal(signals[k], before_[k]);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  static void on_signal(int signal) {
    static std::atomic<std::int64_t> first{0};  // in milliseconds
    timespec clock{};
    clock_gettime(CLOCK_MONOTONIC, &clock);
    const std::int64_t now = std::int64_t{clock.tv_sec} * 1000 + clock.tv_nsec / 1'000'000;
    if (!interrupt_requested.exchange(true)) {
      first = now;
    } else if (now - first >= 1000) {
      end_at_signals();
      std::raise(signal);
    }
  }

  static constexpr int signals[] = {SIGINT, SIGTERM};
  void (*before_[std::size(signals)])(int);
};

}  // namespace steady::cli
