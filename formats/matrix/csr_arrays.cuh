// Csr on the device, for the kernels that read it.
#pragma once

#include <cuda_runtime.h>

#include <steady/csr.hpp>

#include "formats/matrix/csr_rows.hpp"
#include "formats/vectors/cuda_array.hpp"

namespace steady::detail {

struct CsrView {
  const std::uint64_t* row_start;
  const State* column;
  const double* value;

  __device__ double term(std::uint64_t k, const double* x) const { return __ldcs(value + k) * x[__ldcs(column + k)]; }
};

class CsrArrays {
 public:
  static constexpr Storage storage = CsrRows::storage;
  static Footprint footprint(const Csr& matrix, const Slices& slices) { return CsrRows::footprint(matrix, slices); }

  explicit CsrArrays(const Csr& matrix) : row_start_(matrix.row_start), column_(matrix.column), value_(matrix.value) {}

  CsrView csr() const { return {row_start_.data(), column_.data(), value_.data()}; }

 private:
  CudaArray<std::uint64_t> row_start_;
  CudaArray<State> column_;
  CudaArray<double> value_;
};

}  // namespace steady::detail
