#include "solver/cli/budgets.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <exception>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/thread_count.hpp"
#include "formats/io/file.hpp"

namespace steady::cli {

using namespace detail;
namespace {

// Bytes of the process that it may write and shares with none: what RLIMIT_DATA counts.
std::uint64_t private_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  for (int field = 0; field < 6; ++field) file >> pages;
  return file ? pages * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE)) : 0;
}

// OpenMP ends the process where it cannot start a thread: so as many are started here before, all at once.
void require_threads(int count) {
  constexpr int most = 4096;  // as of --threads
  if (count > most)
    throw Error(fmt::format("{} threads, as OMP_NUM_THREADS says, are too many: at most {} are used", count, most),
                Error::Cause::machine);
  std::mutex gate;
  std::vector<std::thread> threads;
  std::unique_lock closed(gate);
  try {
    while (static_cast<int>(threads.size()) + 1 < count)
      threads.emplace_back([&gate] { const std::lock_guard passed(gate); });
  } catch (const std::exception&) {  // of the system, or for want of memory
  }
  closed.unlock();
  for (std::thread& thread : threads) thread.join();
  if (static_cast<int>(threads.size()) + 1 < count)
    throw Error(fmt::format("the system gives {} of {} threads: ask for fewer with --threads or OMP_NUM_THREADS",
                            threads.size() + 1, count),
                Error::Cause::machine);
}

void on_signal(int) {
  constexpr std::string_view message = "\nsteady: interrupted\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message.data(), message.size());
  remove_temporaries();
  _exit(3);
}

// What runs on the other stack: makecontext() passes nothing but ints.
void (*work)() = nullptr;

}  // namespace

void end_at_signals() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, on_signal);
}

void with_large_stack(void (*f)()) {
  constexpr std::size_t enough = std::size_t{8} << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= enough) return f();
  void* const stack = mmap(nullptr, enough, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) return f();
  pthread_attr_t threads;
  if (pthread_attr_init(&threads) == 0 && pthread_attr_setstacksize(&threads, enough) == 0)
    pthread_setattr_default_np(&threads);
  ucontext_t here, there;
  getcontext(&there);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = enough;
  there.uc_link = &here;
  work = f;
  makecontext(
      &there, [] { work(); }, 0);
  swapcontext(&here, &there);
}

void hold_memory(std::uint64_t bytes, int threads) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr bool sanitized = true;  // what the sanitizers take for themselves is beyond any limit
#else
  constexpr bool sanitized = false;
#endif
  if (held_memory > 0) return;
  const ThreadCount count(threads);
  require_threads(omp_get_max_threads());
  if (sanitized) return;
  std::atomic<int> started = 0;  // of an empty region nothing is left
#pragma omp parallel
  ++started;
  rlimit limit{};
  if (getrlimit(RLIMIT_DATA, &limit) != 0) return;
  held_memory = bytes;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, private_bytes() + std::min<std::uint64_t>(bytes, 1ULL << 62));
  setrlimit(RLIMIT_DATA, &limit);
}

HardTimeLimit::HardTimeLimit(double seconds, std::function<int()> report) {
  if (!(seconds > 0)) return;
  constexpr double moment = 0.5, longest = 1e8;  // seconds
  const std::chrono::duration<double> wait(std::min(seconds + moment, longest));
  thread_ = std::thread([this, wait, report = std::move(report)] {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, wait, [this] { return dismissed_; })) return;
    const int exit_code = report();
    remove_temporaries();
    _exit(exit_code);
  });
}

void HardTimeLimit::dismiss() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    dismissed_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace steady::cli
