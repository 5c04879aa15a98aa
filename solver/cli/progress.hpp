// Progress of long work on standard error: one updated line on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace steady::cli {

// To standard error as it is; where that cannot be written, nothing is lost but the words.
void say(const std::string& text);

class ProgressLine {
 public:
  enum class Volume { quiet, normal, verbose };

  explicit ProgressLine(Volume volume);
  ~ProgressLine() { clear(); }

  void show(std::string_view text);  // replaces the line, at most ten times a second
  void clear();                      // before anything else is printed
  void note(std::string_view text);  // a line that stays; not when quiet
  bool verbose() const { return volume_ == Volume::verbose; }

 private:
  using Clock = std::chrono::steady_clock;
  Volume volume_;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point next_;
};

}  // namespace steady::cli
