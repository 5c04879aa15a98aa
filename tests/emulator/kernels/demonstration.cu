#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>

#include "formats/vectors/dynamic_shared.hpp"
#include "formats/vectors/launch.hpp"
#include "tests/emulator/kernels/cooperative.hpp"
#include "tests/emulator/kernels/demonstration.hpp"

namespace steady {
using namespace detail;
}

namespace demonstration {

using steady::detail::launch;
namespace groups = cooperative_groups;

namespace {

unsigned blocks_for(std::size_t size) { return static_cast<unsigned>((size + block_threads - 1) / block_threads); }

__global__ void count_up_kernel(unsigned* counts, std::size_t size) {
  const std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < size) counts[i] += static_cast<unsigned>(i);
}

__device__ double block_sum(double value) {
  __shared__ double part[block_threads];
  part[threadIdx.x] = value;
  __syncthreads();
  for (unsigned half = block_threads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
    __syncthreads();
  }
  return part[0];
}

__global__ void block_sums_kernel(const double* x, double* sums, std::size_t size) {
  const std::size_t i = static_cast<std::size_t>(blockIdx.x) * block_threads + threadIdx.x;
  const double sum = block_sum(i < size ? x[i] : 0.0);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

__global__ void warp_scan_kernel(const int* x, int* prefix_sums) {
  int sum = x[threadIdx.x];
  for (unsigned distance = 1; distance < 32; distance *= 2) {
    const int below = __shfl_up_sync(0xffffffff, sum, distance);
    if (threadIdx.x >= distance) sum += below;
  }
  prefix_sums[threadIdx.x] = sum;
}

__global__ void shuffles_kernel(int* results) {
  const int lane = static_cast<int>(threadIdx.x);
  results[lane] = __shfl_sync(0xffffffff, lane, 5);
  results[32 + lane] = __shfl_sync(0xffffffff, lane, lane + 3, 8);
  results[64 + lane] = __shfl_up_sync(0xffffffff, lane, 2, 16);
  results[96 + lane] = __shfl_down_sync(0xffffffff, lane, 2, 16);
  results[128 + lane] = __shfl_xor_sync(0xffffffff, lane, 9);
  if (lane % 2 == 0) results[160 + lane] = __shfl_xor_sync(0x55555555, lane, 2);
  if (lane % 2 == 1) results[160 + lane] = __shfl_sync(0xaaaaaaaa, lane, 31);
}

__global__ void votes_kernel(unsigned* results) {
  const int t = static_cast<int>(threadIdx.x);
  const unsigned third = __ballot_sync(0xffffffff, t % 3 == 0);
  const unsigned any = __any_sync(0xffffffff, t == 40), all = __all_sync(0xffffffff, t < 63);
  const unsigned count = __syncthreads_count(t % 5 == 0);
  const unsigned one = __syncthreads_or(t == 63), every = __syncthreads_and(t < 63);
  const unsigned sum = __reduce_add_sync(0xffffffff, static_cast<unsigned>(t));
  const unsigned most = __reduce_max_sync(0xffffffff, static_cast<unsigned>(t));
  const unsigned equal = __match_any_sync(0xffffffff, t % 4);
  if (t == 32) {
    const unsigned values[] = {third, any, all, count, one, every, sum, most, equal, unsigned(__popc(third))};
    for (int k = 0; k < 10; ++k) results[k] = values[k];
  }
}

__global__ void reverse_kernel(const double* x, double* y) {
  double* tile = steady::detail::dynamic_shared<double>();
  const std::size_t first = static_cast<std::size_t>(blockIdx.x) * blockDim.x;
  tile[threadIdx.x] = x[first + threadIdx.x];
  __syncthreads();
  y[first + threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}

// Each block keeps its sum in shared memory over the grid's barrier.
__global__ void block_shares_kernel(const double* x, double* shares, double* sums) {
  __shared__ double own;
  const double sum = block_sum(x[blockIdx.x * block_threads + threadIdx.x]);
  if (threadIdx.x == 0) own = sums[blockIdx.x] = sum;
  groups::this_grid().sync();
  double total = 0;
  for (unsigned b = 0; b < gridDim.x; ++b) total += sums[b];
  if (threadIdx.x == block_threads - 1) shares[blockIdx.x] = own / total;
}

__global__ void tile_sums_kernel(const double* x, double* y, unsigned* met) {
  const auto block = groups::this_thread_block();
  const auto tile = groups::tiled_partition<8>(block);
  const double sum = groups::reduce(tile, x[block.thread_rank()], groups::plus<double>());
  if (tile.thread_rank() == 0) y[tile.meta_group_rank()] = sum;
  block.sync();
  if (threadIdx.x % 4 == 1) {
    const auto some = groups::coalesced_threads();
    if (some.thread_rank() == 0) atomicAdd(met, some.size());
  }
}

__global__ void histogram_kernel(const unsigned* bin, unsigned* counts, double* weight, std::size_t size) {
  const std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= size) return;
  atomicAdd(&counts[bin[i]], 1u);
  atomicAdd(weight, 0.5);
}

// A block waits for the one before it: the emulator must keep both alive.
__global__ void chained_sum_kernel(const double* x, volatile double* running, unsigned* turn) {
  while (atomicAdd(turn, 0u) != blockIdx.x) __nanosleep(20);
  running[0] = running[0] + x[blockIdx.x];
  __threadfence();
  atomicExch(turn, blockIdx.x + 1);
}

__global__ void rounded_kernel(const double* pair, double* results) {
  const double a = pair[0], b = pair[1];
  const double values[] = {__dadd_rd(a, b), __dadd_ru(a, b), __dmul_rd(a, b), __dmul_ru(a, b), __fma_rn(a, b, -a * b)};
  for (int k = 0; k < 5; ++k) results[k] = values[k];
}

__global__ void count_down_kernel(unsigned* counter, unsigned* steps, cudaGraphConditionalHandle handle) {
  *counter -= 1;
  *steps += 1;
  cudaGraphSetConditional(handle, *counter != 0);
}

}  // namespace

void count_up(unsigned* counts, std::size_t size, cudaStream_t stream) {
  launch(count_up_kernel, blocks_for(size), block_threads, 0, stream, counts, size);
}
void block_sums(const double* x, double* sums, std::size_t size, cudaStream_t stream) {
  launch(block_sums_kernel, blocks_for(size), block_threads, 0, stream, x, sums, size);
}
void warp_scan(const int* x, int* prefix_sums, cudaStream_t stream) {
  launch(warp_scan_kernel, 1, 32, 0, stream, x, prefix_sums);
}
void shuffles(int* results, cudaStream_t stream) { launch(shuffles_kernel, 1, 32, 0, stream, results); }
void votes(unsigned* results, cudaStream_t stream) { launch(votes_kernel, 1, 64, 0, stream, results); }
void reverse_blocks(const double* x, double* y, unsigned blocks, cudaStream_t stream) {
  launch(reverse_kernel, blocks, block_threads, block_threads * sizeof(double), stream, x, y);
}
void block_shares(const double* x, double* shares, double* sums, unsigned blocks, cudaStream_t stream) {
  steady::detail::launch_cooperative(block_shares_kernel, blocks, block_threads, 0, stream, x, shares, sums);
}
void tile_sums(const double* x, double* y, unsigned* met, cudaStream_t stream) {
  launch(tile_sums_kernel, 1, 64, 0, stream, x, y, met);
}
void histogram(const unsigned* bin, unsigned* counts, double* weight, std::size_t size, cudaStream_t stream) {
  launch(histogram_kernel, blocks_for(size), block_threads, 0, stream, bin, counts, weight, size);
}
void chained_sum(const double* x, volatile double* running, unsigned* turn, unsigned blocks, cudaStream_t stream) {
  launch(chained_sum_kernel, blocks, 1, 0, stream, x, running, turn);
}
void rounded(const double* pair, double* results, cudaStream_t stream) {
  launch(rounded_kernel, 1, 1, 0, stream, pair, results);
}
void count_down(unsigned* counter, unsigned* steps, cudaGraphConditionalHandle handle, cudaStream_t stream) {
  launch(count_down_kernel, 1, 1, 0, stream, counter, steps, handle);
}

}  // namespace demonstration
