// Ell's arrays on the device, for the kernels that read it.
#pragma once

#include <cuda_runtime.h>

#include "formats/matrix/ell.hpp"
#include "formats/vectors/cuda_array.hpp"

namespace steady::detail {

struct EllView {
  std::size_t width, stride;
  const State* column;
  const double* value;

  // sum = sum + value(k) x(column(k)), k = stride j + i for entry j of row i. Padding is skipped: in a sweep, its
  // column may not have its new value yet.
  __device__ double add(State row, const double* x, double sum) const {
    for (std::size_t k = row, end = width * stride; k < end; k += stride) {
      const double rate = __ldcs(value + k);
      if (rate != 0) sum += rate * x[__ldcs(column + k)];
    }
    return sum;
  }
};

class EllArrays {
 public:
  explicit EllArrays(const Ell& ell) : width_(ell.width), stride_(ell.stride), column_(ell.column), value_(ell.value) {}

  EllView view() const { return {width_, stride_, column_.data(), value_.data()}; }

 private:
  std::size_t width_, stride_;
  CudaArray<State> column_;
  CudaArray<double> value_;
};

}  // namespace steady::detail
