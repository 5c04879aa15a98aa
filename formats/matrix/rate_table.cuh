// The table of distinct rates, near the multiprocessor: in shared memory where it is small enough to leave room for
// many blocks, else in global memory, where the first-level cache holds what is in use.
#pragma once

#include <cuda_runtime.h>

#include "formats/vectors/cuda_array.hpp"

namespace steady::detail {

struct RateTable {
  static constexpr unsigned most_shared = 1024;  // 8 KiB

  const double* rate;
  unsigned count;

  __host__ __device__ unsigned shared_doubles() const { return count <= most_shared ? count : 0; }
  __device__ void stage(double* shared) const {
    for (unsigned k = threadIdx.x; k < shared_doubles(); k += blockDim.x) shared[k] = rate[k];
  }
  // sum(the table): compiled for either place, as loads that must find out where they read from are slower.
  template <class Sum>
  __device__ double with(const double* shared, const Sum& sum) const {
    return shared_doubles() > 0 ? sum(shared) : sum(rate);
  }
};

inline RateTable rate_table(const CudaArray<double>& rates) {
  return {rates.data(), static_cast<unsigned>(rates.size())};
}

}  // namespace steady::detail
