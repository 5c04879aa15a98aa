// Progress of long work on standard error: one updated line on a terminal, a line now and then elsewhere.
//
// A thread of its own prints it, so that work that does not report is not silent either.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace steady::cli {

// To standard error as it is; where that cannot be written, nothing is lost but the words.
void say(const std::string& text);

class ProgressLine {
 public:
  enum class Volume { quiet, normal, verbose };

  explicit ProgressLine(Volume volume);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void begin(std::string_view work);  // what is done from now on; shown with the seconds since then
  void show(std::string_view text);   // where it has come to; shown as it is
  void clear();                       // it is done; before anything else is printed
  void note(std::string_view text);   // a line that stays; not when quiet
  bool verbose() const { return volume_ == Volume::verbose; }

 private:
  using Clock = std::chrono::steady_clock;

  void set(std::string_view text, std::optional<Clock::time_point> since);
  void run();
  void print();
  void erase();

  Volume volume_;
  bool terminal_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  bool ended_ = false;
  std::string text_;                        // empty: nothing is being done
  std::optional<Clock::time_point> since_;  // of work that has not said where it has come to
  bool fresh_ = false;                      // whether the text has not been printed
  bool shown_ = false;                      // whether the terminal's last line is the text
  std::thread thread_;
};

}  // namespace steady::cli
