#include <cooperative_groups.h>

#include "formats/vectors/dynamic_shared.hpp"
#include "formats/vectors/launch.hpp"
#include "tests/emulator/kernels/cooperative.hpp"
#include "tests/emulator/kernels/planted.hpp"

namespace steady {
using namespace detail;
}

namespace planted {

using steady::detail::launch;

namespace {

__global__ void missing_barrier_kernel(const double* x, double* y) {
  __shared__ double tile[64];
  tile[threadIdx.x] = x[threadIdx.x];
  y[threadIdx.x] = tile[63 - threadIdx.x];
}

__global__ void late_write_kernel(double* x) {
  __shared__ double tile[64];
  tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  const double next = tile[(threadIdx.x + 1) % 64];
  tile[threadIdx.x] = next;  // others may still have to read it
  __syncthreads();
  x[threadIdx.x] = tile[threadIdx.x];
}

__global__ void missing_warp_barrier_kernel(const int* x, int* y) {
  __shared__ int tile[32];
  tile[threadIdx.x] = x[threadIdx.x];
  y[threadIdx.x] = tile[31 - threadIdx.x];
}

__global__ void divergent_barrier_kernel() {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
}

__global__ void exited_lane_kernel(int* y) {
  if (threadIdx.x >= 20) return;
  y[threadIdx.x] = __shfl_down_sync(0xffffffff, static_cast<int>(threadIdx.x), 1);
}

__global__ void unnamed_caller_kernel(int* y) {
  y[threadIdx.x] = __shfl_sync(0x0000ffff, static_cast<int>(threadIdx.x), 0);
}

__global__ void different_masks_kernel(int* y) {
  const unsigned mask = threadIdx.x < 16 ? 0xffffffff : 0xffff0000 | 1;
  y[threadIdx.x] = static_cast<int>(__ballot_sync(mask, 1));
}

__global__ void shuffle_against_barrier_kernel(int* y) {
  if (threadIdx.x == 7) __syncthreads();
  y[threadIdx.x] = __shfl_sync(0xffffffff, static_cast<int>(threadIdx.x), 0);
  if (threadIdx.x != 7) __syncthreads();
}

__global__ void outside_the_mask_kernel(int* y) {
  if (threadIdx.x < 8) y[threadIdx.x] = __shfl_down_sync(0x000000ff, static_cast<int>(threadIdx.x), 4);
}

__global__ void off_by_one_kernel(const double* x, double* y, unsigned rows) {
  const unsigned row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row > rows) return;
  y[row] = 2 * x[row];
}

__global__ void beyond_shared_kernel(double* y) {
  __shared__ double tile[32];
  tile[threadIdx.x] = threadIdx.x;
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x + 1];
}

__global__ void beyond_dynamic_shared_kernel(double* y) {
  double* tile = steady::detail::dynamic_shared<double>();
  tile[threadIdx.x + 1] = threadIdx.x;
  __syncthreads();
  y[threadIdx.x] = tile[31 - threadIdx.x];
}

__global__ void grid_barrier_kernel() {
  if (blockIdx.x + 1 < gridDim.x) cooperative_groups::this_grid().sync();
}

__global__ void spin_kernel(unsigned* flag) {
  while (atomicAdd(flag, 0u) == 0) __nanosleep(20);
}

__global__ void read_kernel(const double* x, double* y, unsigned index) { y[0] = x[index]; }

}  // namespace

void missing_barrier(const double* x, double* y) { launch(missing_barrier_kernel, 1, 64, 0, nullptr, x, y); }
void late_write(double* x) { launch(late_write_kernel, 1, 64, 0, nullptr, x); }
void missing_warp_barrier(const int* x, int* y) { launch(missing_warp_barrier_kernel, 1, 32, 0, nullptr, x, y); }
void divergent_barrier() { launch(divergent_barrier_kernel, 1, 64, 0, nullptr); }
void exited_lane(int* y) { launch(exited_lane_kernel, 1, 32, 0, nullptr, y); }
void unnamed_caller(int* y) { launch(unnamed_caller_kernel, 1, 32, 0, nullptr, y); }
void different_masks(int* y) { launch(different_masks_kernel, 1, 32, 0, nullptr, y); }
void shuffle_against_barrier(int* y) { launch(shuffle_against_barrier_kernel, 1, 32, 0, nullptr, y); }
void outside_the_mask(int* y) { launch(outside_the_mask_kernel, 1, 32, 0, nullptr, y); }
void off_by_one(const double* x, double* y, unsigned rows) {
  launch(off_by_one_kernel, rows / 32 + 1, 32, 0, nullptr, x, y, rows);
}
void beyond_shared(double* y) { launch(beyond_shared_kernel, 1, 32, 0, nullptr, y); }
void beyond_dynamic_shared(double* y) { launch(beyond_dynamic_shared_kernel, 1, 32, 32 * sizeof(double), nullptr, y); }
void grid_barrier_without_all(bool cooperative) {
  if (cooperative) {
    steady::detail::launch_cooperative(grid_barrier_kernel, 3, 32, 0, nullptr);
  } else {
    launch(grid_barrier_kernel, 3, 32, 0, nullptr);
  }
}
void spin_for_ever(unsigned* flag) { launch(spin_kernel, 2, 1, 0, nullptr, flag); }
void read(const double* x, double* y, unsigned index) { launch(read_kernel, 1, 1, 0, nullptr, x, y, index); }

}  // namespace planted
