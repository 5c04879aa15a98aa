// Kernels that do something with each entry of a vector, or with each of whatever else is counted. A thread reads what
// it needs for a few entries before it writes the first: loads wait for each other less than for memory.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>

#include "formats/vectors/launch.hpp"
#include "formats/vectors/numbers.cuh"
#include "formats/vectors/sums.cuh"

namespace steady::detail {

constexpr unsigned block_threads = 256;

constexpr unsigned entries_at_once = 4;

inline unsigned blocks_for(std::size_t size, std::size_t most = most_blocks) {
  return static_cast<unsigned>(std::min<std::size_t>((size + block_threads - 1) / block_threads, most));
}

// Where nothing is summed: an entry a thread, or `entries_at_once` where there are many.
inline unsigned blocks_for_each(std::size_t size) {
  constexpr std::size_t entries = std::size_t{entries_at_once} * block_threads;
  return std::max(blocks_for(size), static_cast<unsigned>((size + entries - 1) / entries));
}

inline unsigned threads_for(std::size_t size) {
  return static_cast<unsigned>(std::min<std::size_t>((size + 31) / 32 * 32, block_threads));
}

__device__ inline std::size_t first_entry() { return static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ inline std::size_t stride() { return static_cast<std::size_t>(gridDim.x) * blockDim.x; }

// A number that is known to the compiler.
template <unsigned number>
struct Count {
  __host__ __device__ constexpr operator unsigned() const { return number; }
};

// f(i, step, count) for those that are the thread's, a few at once: i, i + step, ..., i + (count - 1) step.
template <unsigned at_once = entries_at_once, class Function>
__device__ void for_own_entries(std::size_t size, const Function& f) {
  const std::size_t step = stride();
  std::size_t i = first_entry();
  for (; i + (at_once - 1) * step < size; i += at_once * step) f(i, step, Count<at_once>());
  for (; i < size; i += step) f(i, step, Count<1>());
}

// What most actions write: y(i).
struct Output {
  double* y;
  __device__ double& place(std::size_t i) const { return y[i]; }
};

template <typename Action>
__global__ void __launch_bounds__(block_threads)
    act_on_entries(std::size_t size, Scalar first, Scalar second, Action action) {
  const double a = first.get(), b = second.get();
  for_own_entries(size, [&](std::size_t i, std::size_t step, auto count) {
    double value[count];
    for (unsigned k = 0; k < count; ++k) value[k] = action(i + k * step, a, b);
    for (unsigned k = 0; k < count; ++k) action.place(i + k * step) = value[k];
  });
}

// action.place(i) = action(i, a, b) for each entry.
template <typename Action>
void launch_for_each(std::size_t size, const Action& action, const CudaNumber& a = 0, const CudaNumber& b = 0) {
  compute_pending();
  queue(act_on_entries<Action>, blocks_for_each(size), threads_for(size), 0, size, scalar(a), scalar(b), action);
}

}  // namespace steady::detail
