// Budgets that hold in every phase of a run, also where nothing looks at them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace steady::cli {

// SIGINT and SIGTERM end the process with a message and exit code 3 from now on, and leave no temporary file.
void end_at_signals();

// Calls f on a stack of 8 MiB at least, whatever ulimit -s says; the threads that it starts have as much.
void with_large_stack(void (*f)());

// From now on the process gets so many bytes of memory beyond those that it has, and what asks for more is a
// std::bad_alloc. `threads`: of OpenMP, which are started before, as their stacks are no part of it; 0: all. Throws
// Error, cause machine, where there cannot be so many.
void hold_memory(std::uint64_t bytes, int threads);

// Ends the process a moment after the time limit, unless it was dismissed before: by then whatever looks at the clock
// by itself has ended in a better way.
class HardTimeLimit {
 public:
  // `report`: says and writes what is to be said, and returns the exit code; called by another thread, while the first
  // goes on. 0 seconds: no limit.
  HardTimeLimit(double seconds, std::function<int()> report);
  ~HardTimeLimit() { dismiss(); }
  HardTimeLimit(const HardTimeLimit&) = delete;
  HardTimeLimit& operator=(const HardTimeLimit&) = delete;

  void dismiss();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool dismissed_ = false;
  std::thread thread_;
};

}  // namespace steady::cli
