// Numbers as kernels are given them.
#pragma once

#include <cuda_runtime.h>

#include "solver/device/cuda_number.hpp"

namespace steady {

struct Scalar {
  double known;
  const double* slot;
  __device__ double get() const { return slot ? known * *slot : known; }
};

inline Scalar scalar(const CudaNumber& x) { return {x.known(), x.slot()}; }

// Queues the arithmetic that is on the list. Called before every launch that reads or writes numbers.
void compute_pending();

}  // namespace steady
