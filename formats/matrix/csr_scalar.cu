// Compressed sparse rows, one thread a row. Neighbouring threads read from places that are a row apart, so memory is
// used well only if rows are very short; the sum runs in the order of the columns, as on the host.
// Bell and Garland, Implementing sparse matrix-vector multiplication on throughput-oriented processors, SC 2009.
#include <cuda_runtime.h>

#include "formats/matrix/csr_cuda.hpp"
#include "solver/device/launch.hpp"

namespace steady {

namespace {

constexpr unsigned block_threads = 256;

// Calls finish(row, sum of R(row, j) x(j)) for every row, once.
template <typename Finish>
__device__ void for_each_row_sum(const CsrOnDevice& matrix, const double* x, const Finish& finish) {
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row >= matrix.rows) return;
  double sum = 0;
  const std::uint64_t end = matrix.row_start[row + 1];
  for (std::uint64_t k = matrix.row_start[row]; k < end; ++k)
    sum += __ldcs(&matrix.value[k]) * __ldg(&x[__ldcs(&matrix.column[k])]);
  finish(static_cast<State>(row), sum);
}

struct Store {
  double* y;
  __device__ void operator()(State row, double sum) const { y[row] = sum; }
};

template <typename Finish>
__global__ void __launch_bounds__(block_threads) csr_scalar(CsrOnDevice matrix, const double* x, Finish finish) {
  for_each_row_sum(matrix, x, finish);
}

}  // namespace

void csr_scalar_product(const CsrOnDevice& matrix, const double* x, double* y, cudaStream_t stream) {
  const auto blocks = static_cast<unsigned>((matrix.rows + block_threads - 1) / block_threads);
  launch(csr_scalar<Store>, blocks, block_threads, 0, stream, matrix, x, Store{y});
}

}  // namespace steady
