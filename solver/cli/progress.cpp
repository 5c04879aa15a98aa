#include "solver/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace steady::cli {

ProgressLine::ProgressLine(Volume volume)
    : volume_(volume), terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now() + std::chrono::milliseconds(300)) {}

void ProgressLine::show(std::string_view text) {
  if (volume_ == Volume::quiet || Clock::now() < next_) return;
  if (terminal_) {
    fmt::print(stderr, "\r\033[K{}", text.substr(0, 100));
    std::fflush(stderr);
    shown_ = true;
  } else {
    fmt::print(stderr, "{}\n", text);
  }
  next_ = Clock::now() + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000));
}

void ProgressLine::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

void ProgressLine::note(std::string_view text) {
  if (volume_ == Volume::quiet) return;
  clear();
  fmt::print(stderr, "{}\n", text);
}

}  // namespace steady::cli
