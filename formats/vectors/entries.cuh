// Kernels that do something with each entry of a vector, or with each of whatever else is counted.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>

#include "formats/vectors/launch.hpp"
#include "formats/vectors/numbers.cuh"
#include "formats/vectors/sums.cuh"

namespace steady::detail {

constexpr unsigned block_threads = 256;

inline unsigned blocks_for(std::size_t size, std::size_t most = most_blocks) {
  return static_cast<unsigned>(std::min<std::size_t>((size + block_threads - 1) / block_threads, most));
}

inline unsigned threads_for(std::size_t size) {
  return static_cast<unsigned>(std::min<std::size_t>((size + 31) / 32 * 32, block_threads));
}

__device__ inline std::size_t first_entry() { return static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ inline std::size_t stride() { return static_cast<std::size_t>(gridDim.x) * blockDim.x; }

template <typename Action>
__global__ void __launch_bounds__(block_threads)
    act_on_entries(std::size_t size, Scalar first, Scalar second, Action action) {
  const double a = first.get(), b = second.get();
  for (std::size_t i = first_entry(); i < size; i += stride()) action(i, a, b);
}

// action(i, a, b) for each entry.
template <typename Action>
void launch_for_each(std::size_t size, const Action& action, const CudaNumber& a = 0, const CudaNumber& b = 0) {
  compute_pending();
  queue(act_on_entries<Action>, blocks_for(size), threads_for(size), 0, size, scalar(a), scalar(b), action);
}

}  // namespace steady::detail
