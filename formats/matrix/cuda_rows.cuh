// The kernels that all storages share: a warp adds up the 32 rows of a slice, one a lane, and finishes them in the same
// pass. The storage says how rows are added up, a finishing functor what is done with the sums.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <concepts>
#include <type_traits>

#include "formats/matrix/rate_operator.hpp"
#include "formats/matrix/storage.hpp"
#include "formats/vectors/dynamic_shared.hpp"
#include "formats/vectors/launch.hpp"
#include "formats/vectors/sums.cuh"

namespace steady::detail {

// A slice as the warp that works on it sees it: lane r has row first + r, if r < rows.
struct WarpSlice {
  std::uint64_t number;
  State first;
  unsigned rows;
  unsigned lane;

  __device__ bool has_row() const { return lane < rows; }
  __device__ State row() const { return first + lane; }
};

// A storage as a kernel sees it, copied to the device with its pointers:
//   shared_doubles(warps)         shared memory that it wants in a block of so many warps
//   stage(shared)                 fills what all warps of the block read; called by all threads, before a barrier
//   add(slice, x, sum, shared)    sum + the lane's row times x; called by all lanes of a warp, also those without a row
template <class T>
concept DeviceView = std::is_trivially_copyable_v<T> &&
    requires(const T& view, unsigned warps, const WarpSlice& slice, const double* x, double sum, double* shared) {
  { view.shared_doubles(warps) } -> std::same_as<unsigned>;
  { view.stage(shared) } -> std::same_as<void>;
  { view.add(slice, x, sum, shared) } -> std::same_as<double>;
};

// A storage on the device: its constructor takes what it needs of the matrix there; view() is what kernels are given.
template <class T>
concept CudaStorage = ListedStorage<T> && std::constructible_from<T, const Csr&, const Slices&> &&
    requires(const T& storage) {
  { storage.view() } -> DeviceView;
};

// Rows of `count` matrices, each times a vector of its own, added up.
template <DeviceView View, unsigned count>
struct Product {
  View part[count];
  const double* x[count];
  const State* first_row;  // of each slice, and the number of rows

  __host__ __device__ unsigned shared_doubles(unsigned warps) const {
    unsigned total = 0;
    for (unsigned k = 0; k < count; ++k) total += part[k].shared_doubles(warps);
    return total;
  }
  __device__ void stage(double* shared) const {
    for (unsigned k = 0; k < count; ++k) {
      part[k].stage(shared);
      shared += part[k].shared_doubles(blockDim.x / 32);
    }
    __syncthreads();
  }
  __device__ WarpSlice slice(std::uint64_t number) const {
    const State first = first_row[number];
    return {number, first, first_row[number + 1] - first, threadIdx.x % 32};
  }
  __device__ double sum(const WarpSlice& slice, double* shared) const {
    double total = 0;
    for (unsigned k = 0; k < count; ++k) {
      total = part[k].add(slice, x[k], total, shared);
      shared += part[k].shared_doubles(blockDim.x / 32);
    }
    return total;
  }
};

// --- what is done with a row's sum, flow = (x R)(i): the operations of RateOperator ----------------------------------
// The same expressions as on the host, hence the same bits.

struct Store {  // y = x R
  double* y;
  __device__ Pass operator()(State i, double flow) const {
    y[i] = flow;
    return {};
  }
};

struct AddTo {  // y = b + a x U
  double a;
  const double* b;
  double* y;
  __device__ Pass operator()(State i, double flow) const {
    y[i] = b[i] + a * flow;
    return {};
  }
};

struct Residual {  // r = x Q = x R - x D
  const double* exit;
  const double* x;
  double* r;
  __device__ Pass operator()(State i, double flow) const {
    const double rest = flow - x[i] * exit[i];
    r[i] = rest;
    return {0, fabs(rest)};
  }
};

struct JacobiSweep {  // y = x + w (x Q) D^-1 = (1 - w) x + w x R D^-1
  double w;
  const double* exit;
  const double* x;
  double* y;
  __device__ Pass operator()(State i, double flow) const {
    const double old = x[i], rate = exit[i], fresh = (1 - w) * old + w * flow / rate;
    y[i] = fresh;
    return {fresh, fabs(flow - old * rate)};
  }
};

struct PowerStep {  // y = x + x Q / rate = x (1 - D / rate) + x R / rate
  double rate;
  const double* exit;
  const double* x;
  double* y;
  __device__ Pass operator()(State i, double flow) const {
    const double old = x[i], out = exit[i], fresh = old * ((rate - out) / rate) + flow / rate;
    y[i] = fresh;
    return {fresh, fabs(flow - old * out)};
  }
};

struct GaussSeidelUpdate {  // y = (1 - w) x + w (y L + x U) D^-1
  double w;
  const double* exit;
  const double* old;
  double* fresh;
  __device__ Pass operator()(State i, double flow) const {
    const double update = flow / exit[i];
    fresh[i] = w == 1 ? update : (1 - w) * old[i] + w * update;
    return {};
  }
};

struct Solve {  // y = (b + y L) D^-1
  const double* exit;
  const double* right;
  double* solution;
  __device__ Pass operator()(State i, double flow) const {
    solution[i] = (right[i] + flow) / exit[i];
    return {};
  }
};

// --- the kernels -----------------------------------------------------------------------------------------------------

constexpr unsigned row_threads = 256;
constexpr unsigned most_thin_threads = 1024;

// Slices first .. last in any order. With slots, the totals of what finish returns: sum, residual.
template <class View, unsigned count, class Finish>
__global__ void __launch_bounds__(row_threads)
    finish_rows(Product<View, count> product, std::uint64_t first, std::uint64_t last, Finish finish, Slots slots) {
  double* const shared = dynamic_shared<double>();
  product.stage(shared);
  const std::uint64_t warp = (static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / 32;
  const std::uint64_t warps = static_cast<std::uint64_t>(gridDim.x) * blockDim.x / 32;
  double total[2] = {0, 0};
  for (std::uint64_t number = first + warp; number < last; number += warps) {
    const WarpSlice slice = product.slice(number);
    const double flow = product.sum(slice, shared);
    if (slice.has_row()) {
      const Pass pass = finish(slice.row(), flow);
      total[0] += pass.sum;
      total[1] += pass.residual;
    }
  }
  if (slots.slot) sum_over_grid(slots, total);
}

// Levels first .. last one after the other, by one block: they are so thin that a launch each would cost more.
// `first_slice`: of each level, and the number of slices.
template <class View, unsigned count, class Finish>
__global__ void __launch_bounds__(most_thin_threads)
    finish_levels(Product<View, count> product, const State* first_slice, State first, State last, Finish finish) {
  double* const shared = dynamic_shared<double>();
  product.stage(shared);
  for (State level = first; level < last; ++level) {
    const State end = first_slice[level + 1];
    for (State number = first_slice[level] + threadIdx.x / 32; number < end; number += blockDim.x / 32) {
      const WarpSlice slice = product.slice(number);
      const double flow = product.sum(slice, shared);
      if (slice.has_row()) finish(slice.row(), flow);
    }
    __syncthreads();  // what this level wrote, the next one reads
  }
}

// All rows, whose sums lie in memory, or are 0 where `flow` is null.
template <class Finish>
__global__ void __launch_bounds__(row_threads)
    finish_sums(std::uint64_t rows, const double* flow, Finish finish, Slots slots) {
  double total[2] = {0, 0};
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < rows; i += stride) {
    const Pass pass = finish(static_cast<State>(i), flow ? flow[i] : 0);
    total[0] += pass.sum;
    total[1] += pass.residual;
  }
  if (slots.slot) sum_over_grid(slots, total);
}

template <class Finish>
void launch_finish(std::uint64_t rows, const double* flow, const Finish& finish, const Slots& slots) {
  const std::uint64_t threads = std::min<std::uint64_t>((rows + 31) / 32 * 32, row_threads);
  const std::uint64_t all = (rows + threads - 1) / threads,
                      blocks = slots.slot ? std::min<std::uint64_t>(all, most_blocks) : all;
  queue(finish_sums<Finish>, static_cast<unsigned>(blocks), static_cast<unsigned>(threads), 0, rows, flow, finish,
        slots);
}

}  // namespace steady::detail
