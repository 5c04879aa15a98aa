#include "solver/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <system_error>

namespace steady::cli {

void say(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

ProgressLine::ProgressLine(Volume volume) : volume_(volume), terminal_(isatty(STDERR_FILENO) == 1) {
  if (volume == Volume::quiet) return;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {  // no more threads: then there is no progress to be seen
  }
}

ProgressLine::~ProgressLine() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    erase();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ProgressLine::begin(std::string_view work) { set(work, Clock::now()); }

void ProgressLine::show(std::string_view text) { set(text, std::nullopt); }

void ProgressLine::clear() {
  set("", std::nullopt);
  const std::lock_guard lock(mutex_);
  erase();
}

void ProgressLine::note(std::string_view text) {
  if (volume_ == Volume::quiet) return;
  const std::lock_guard lock(mutex_);
  erase();
  say(fmt::format("{}\n", text));
}

void ProgressLine::set(std::string_view text, std::optional<Clock::time_point> since) {
  const std::lock_guard lock(mutex_);
  text_ = text;
  since_ = since;
  fresh_ = true;
}

void ProgressLine::run() {
  using std::chrono::milliseconds;
  std::unique_lock lock(mutex_);
  milliseconds wait(terminal_ ? 300 : 5000);
  while (!changed_.wait_for(lock, wait, [this] { return ended_; })) {
    print();
    wait = milliseconds(terminal_ ? 100 : 5000);
  }
}

// Takes no memory, of which there may be no more.
void ProgressLine::print() {
  if (text_.empty() || (!fresh_ && !since_)) return;
  fresh_ = false;
  const std::string_view start = terminal_ ? "\r\033[K" : "", end = terminal_ ? "" : "\n";
  const int most = terminal_ ? 100 : 400;
  if (since_)
    fmt::print(stderr, "{}{:.{}}, {:.0f} s{}", start, text_, most,
               std::chrono::duration<double>(Clock::now() - *since_).count(), end);
  else
    fmt::print(stderr, "{}{:.{}}{}", start, text_, most, end);
  std::fflush(stderr);
  shown_ = terminal_;
}

void ProgressLine::erase() {
  if (!shown_) return;
  say("\r\033[K");
  shown_ = false;
}

}  // namespace steady::cli
