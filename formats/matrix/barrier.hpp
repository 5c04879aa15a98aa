// Where threads wait for each other between two levels of a sweep: some thousand times in a sweep of a deep chain, a
// few microseconds of work apart. OpenMP's own puts a thread to sleep that has waited for so long; this one lets
// another run in its place, which costs nothing where the cores are free.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace steady::detail {

class Barrier {
 public:
  // Returns once all `threads` have called it as often as this one.
  void wait(std::size_t threads) {
    if (threads == 1) return;
    const std::size_t round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
      arrived_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
      return;
    }
    for (int turn = 0; round_.load(std::memory_order_acquire) == round; ++turn)
      if (turn < spins)
        pause();
      else
        std::this_thread::yield();
  }

 private:
  static constexpr int spins = 1000;  // some ten microseconds

  static void pause() {
#if defined(__x86_64__)
    _mm_pause();
#endif
  }

  alignas(64) std::atomic<std::size_t> arrived_ = 0;
  alignas(64) std::atomic<std::size_t> round_ = 0;
};

}  // namespace steady::detail
