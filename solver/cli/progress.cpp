#include "solver/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace steady::cli {

void say(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

ProgressLine::ProgressLine(Volume volume)
    : volume_(volume),
      terminal_(isatty(STDERR_FILENO) == 1),
      next_(Clock::now() + std::chrono::milliseconds(terminal_ ? 300 : 5000)) {}

void ProgressLine::show(std::string_view text) {
  if (volume_ == Volume::quiet || Clock::now() < next_) return;
  if (terminal_) {
    say(fmt::format("\r\033[K{}", text.substr(0, 100)));
    shown_ = true;
  } else {
    say(fmt::format("{}\n", text));
  }
  next_ = Clock::now() + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000));
}

void ProgressLine::clear() {
  if (!shown_) return;
  say("\r\033[K");
  shown_ = false;
}

void ProgressLine::note(std::string_view text) {
  if (volume_ == Volume::quiet) return;
  clear();
  say(fmt::format("{}\n", text));
}

}  // namespace steady::cli
