// Sums over all threads of a grid in a fixed order: each block's sum goes to a slot of its own, and the block that
// comes last adds up the slots. The order depends on the numbers of blocks and threads, which no launcher here takes
// from the device: the same bits on every device and every run.
#pragma once

#include <cuda_runtime.h>

#include <span>

#include "formats/vectors/cuda_array.hpp"
#include "formats/vectors/cuda_number.hpp"

namespace steady::detail {

constexpr unsigned most_blocks = 1024;  // of a grid that sums, 256 threads each: one wave on 128 processors
constexpr unsigned most_totals = 8;     // that are summed at once
constexpr unsigned all_lanes = 0xffffffff;

// What a kernel that sums is given. `slot` is null where nobody wants the totals.
struct Slots {
  double* slot = nullptr;           // most_blocks for each total
  unsigned* finished = nullptr;     // blocks; 0 before and after each launch
  double* total[most_totals] = {};  // where each goes; null: nobody wants it
};

// The memory for it, and totals where host and device both see them: those of the last kernel that was queued.
class GridSums {
 public:
  GridSums();
  GridSums(const GridSums&) = delete;
  GridSums& operator=(const GridSums&) = delete;
  ~GridSums();

  Slots slots();
  Slots slots_for(std::span<const CudaNumber> totals);  // at most most_totals, awaited
  const double* wait() const;                           // for all that is queued

 private:
  CudaArray<double> slot_;
  CudaArray<unsigned> finished_;
  double* total_ = nullptr;
};

// This thread's. One kernel at a time uses it, as all operations are queued on one stream.
GridSums& sums();

__device__ inline double warp_sum(double value) {
  for (unsigned distance = 16; distance > 0; distance /= 2) value += __shfl_down_sync(all_lanes, value, distance);
  return value;  // in lane 0
}

// The sum over the block, in thread 0. All threads call it; whole warps.
__device__ inline double block_sum(double value) {
  __shared__ double part[32];
  const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  value = warp_sum(value);
  __syncthreads();  // the last call's parts have been read
  if (lane == 0) part[warp] = value;
  __syncthreads();
  if (warp == 0) value = warp_sum(lane < warps ? part[lane] : 0);
  return value;
}

// Adds up each of `value` that is wanted over the grid, of at most most_blocks. All threads call it, once in a kernel.
template <unsigned count>
__device__ void sum_over_grid(const Slots& slots, const double (&value)[count]) {
  static_assert(count <= most_totals);
  __shared__ bool is_last;
  for (unsigned k = 0; k < count; ++k) {
    if (!slots.total[k]) continue;
    const double sum = block_sum(value[k]);
    if (threadIdx.x == 0) slots.slot[k * most_blocks + blockIdx.x] = sum;
  }
  if (threadIdx.x == 0) {
    __threadfence();
    is_last = atomicInc(slots.finished, gridDim.x - 1) == gridDim.x - 1;  // and 0 again
  }
  __syncthreads();
  if (!is_last) return;
  __threadfence();
  for (unsigned k = 0; k < count; ++k) {
    if (!slots.total[k]) continue;
    double sum = 0;
    for (unsigned b = threadIdx.x; b < gridDim.x; b += blockDim.x) sum += __ldcg(&slots.slot[k * most_blocks + b]);
    sum = block_sum(sum);
    if (threadIdx.x == 0) *slots.total[k] = sum;
  }
}

}  // namespace steady::detail
