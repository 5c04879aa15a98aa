// Compressed sparse rows, a row for a few neighbouring lanes, which read neighbouring entries and add their parts
// by shuffles. The width is chosen so that the mean row keeps its lanes busy. The order of the sum depends on the
// width alone.
// Bell and Garland, Implementing sparse matrix-vector multiplication on throughput-oriented processors, SC 2009.
#include <cuda_runtime.h>

#include "formats/matrix/csr_cuda.hpp"
#include "solver/device/launch.hpp"

namespace steady {

namespace {

constexpr unsigned block_threads = 256;

// Calls finish(row, sum of R(row, j) x(j)) for every row, once, by the first of the row's lanes. Lanes without a row
// stay to the end: the shuffles name the whole warp.
template <unsigned width, typename Finish>
__device__ void for_each_row_sum(const CsrOnDevice& matrix, const double* x, const Finish& finish) {
  const std::size_t thread = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  const std::size_t row = thread / width;
  const unsigned lane = threadIdx.x % width;
  double sum = 0;
  if (row < matrix.rows) {
    const std::uint64_t end = matrix.row_start[row + 1];
    for (std::uint64_t k = matrix.row_start[row] + lane; k < end; k += width)
      sum += __ldcs(&matrix.value[k]) * __ldg(&x[__ldcs(&matrix.column[k])]);
  }
  for (unsigned distance = width / 2; distance > 0; distance /= 2)
    sum += __shfl_down_sync(0xffffffff, sum, distance, width);
  if (row < matrix.rows && lane == 0) finish(static_cast<State>(row), sum);
}

struct Store {
  double* y;
  __device__ void operator()(State row, double sum) const { y[row] = sum; }
};

template <unsigned width, typename Finish>
__global__ void __launch_bounds__(block_threads) csr_vector(CsrOnDevice matrix, const double* x, Finish finish) {
  for_each_row_sum<width>(matrix, x, finish);
}

template <unsigned width, typename Finish>
void launch_width(const CsrOnDevice& matrix, const double* x, const Finish& finish, cudaStream_t stream) {
  constexpr std::size_t rows_per_block = block_threads / width;
  const auto blocks = static_cast<unsigned>((matrix.rows + rows_per_block - 1) / rows_per_block);
  launch(csr_vector<width, Finish>, blocks, block_threads, 0, stream, matrix, x, finish);
}

}  // namespace

unsigned csr_vector_width(const CsrOnDevice& matrix) {
  unsigned width = 2;
  while (width < 32 && width * matrix.rows < matrix.entries) width *= 2;
  return width;
}

void csr_vector_product(const CsrOnDevice& matrix, const double* x, double* y, cudaStream_t stream) {
  const Store store{y};
  switch (csr_vector_width(matrix)) {
    case 2:
      return launch_width<2>(matrix, x, store, stream);
    case 4:
      return launch_width<4>(matrix, x, store, stream);
    case 8:
      return launch_width<8>(matrix, x, store, stream);
    case 16:
      return launch_width<16>(matrix, x, store, stream);
    default:
      return launch_width<32>(matrix, x, store, stream);
  }
}

}  // namespace steady
