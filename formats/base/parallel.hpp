// Work shared out among threads. No exception may leave a thread's part of a loop.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <vector>

namespace steady::detail {

// Calls f(part) for each part, in parallel; then throws again what the first of them threw.
template <class Function>
void in_parallel(std::size_t parts, Function f) {
  if (parts == 1) {  // in a region of one thread, the regions inside would start new threads instead of those at hand
    f(std::size_t{0});
    return;
  }
  std::vector<std::exception_ptr> thrown(parts);
#pragma omp parallel for schedule(dynamic, 1)
  for (std::size_t part = 0; part < parts; ++part) {
    try {
      f(part);
    } catch (...) {
      thrown[part] = std::current_exception();
    }
  }
  for (const std::exception_ptr& problem : thrown)
    if (problem) std::rethrow_exception(problem);
}

// Calls f(i) for 0..n-1, which throws nothing: shared out among the threads where that is worth it, else without asking
// OpenMP, whose region of a single thread takes a microsecond.
template <class Function>
void share_out(std::size_t n, bool worth_it, Function f) {
  if (!worth_it) {
    for (std::size_t i = 0; i < n; ++i) f(i);
    return;
  }
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < n; ++i) f(i);
}

// How many blocks 0..n-1 is cut into: one a thread, but not many, as each may have a count for every state.
inline std::size_t block_count(std::size_t n) {
  constexpr std::size_t most = 16;
  return std::clamp<std::size_t>(static_cast<std::size_t>(omp_get_max_threads()), 1, std::min(n + 1, most));
}

// Calls work(block, first, last) for so many consecutive blocks of 0..n-1 in parallel. What the first block that throws
// has thrown comes out.
template <class Work>
void for_numbered_blocks(std::size_t n, std::size_t blocks, Work work) {
  in_parallel(blocks, [&](std::size_t b) {
    work(b, n / blocks * b + std::min(b, n % blocks), n / blocks * (b + 1) + std::min(b + 1, n % blocks));
  });
}

// The same for work(first, last), a block a thread.
template <class Work>
void for_blocks(std::size_t n, Work work) {
  for_numbered_blocks(n, block_count(n), [&](std::size_t, std::size_t first, std::size_t last) { work(first, last); });
}

}  // namespace steady::detail
