// Compressed sparse rows, a row for a few neighbouring lanes, which read neighbouring entries and add their parts
// by shuffles. The width is chosen so that the mean row keeps its lanes busy. The order of the sum depends on the
// width alone.
// Bell and Garland, Implementing sparse matrix-vector multiplication on throughput-oriented processors, SC 2009.
#include "formats/matrix/csr_arrays.cuh"
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"

namespace steady::detail {

namespace {

struct View {
  CsrView matrix;
  unsigned width;  // lanes a row

  __host__ __device__ unsigned shared_doubles(unsigned) const { return 0; }
  __device__ void stage(double*) const {}

  // In each step, 32 / width rows; their sums then go to the lanes whose rows they are.
  __device__ double add(const WarpSlice& slice, const double* x, double sum, double*) const {
    const unsigned rows = 32 / width, group = slice.lane / width, within = slice.lane % width;
    for (unsigned step = 0; step * rows < slice.rows; ++step) {
      const unsigned r = step * rows + group;
      double part = 0;
      if (r < slice.rows) {
        const std::uint64_t row = std::uint64_t{slice.first} + r, end = matrix.row_start[row + 1];
        // part = sum of value(k) x(column(k)) over every width-th k of row r
        for (std::uint64_t k = matrix.row_start[row] + within; k < end; k += width) part += matrix.term(k, x);
      }
      // the sum of the parts of the row's lanes
      for (unsigned distance = width / 2; distance > 0; distance /= 2)
        part += __shfl_xor_sync(all_lanes, part, static_cast<int>(distance));
      const double of_row = __shfl_sync(all_lanes, part, static_cast<int>(slice.lane % rows * width));
      if (slice.lane / rows == step) sum += of_row;
    }
    return sum;
  }
};

// As many lanes as the mean row has entries, rounded up to a power of two.
unsigned width_for(const Csr& matrix) {
  unsigned width = 2;
  while (width < 32 && width * matrix.rows() < matrix.entries()) width *= 2;
  return width;
}

class CsrVector : public CsrArrays {
 public:
  static constexpr std::string_view kernel = "csr-vector";

  CsrVector(const Csr& matrix, const Slices&) : CsrArrays(matrix), width_(width_for(matrix)) {}
  View view() const { return {csr(), width_}; }

 private:
  unsigned width_;
};

}  // namespace

CudaKernel csr_vector() { return cuda_kernel<CsrVector>(); }

}  // namespace steady::detail
