// Compressed sparse rows, one thread a row. Neighbouring threads read from places that are a row apart, so memory is
// used well only if rows are very short; the sum runs in the order of the columns, as on the host.
// Bell and Garland, Implementing sparse matrix-vector multiplication on throughput-oriented processors, SC 2009.
#include "formats/matrix/csr_arrays.cuh"
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"

namespace steady::detail {

namespace {

struct View {
  CsrView matrix;

  __host__ __device__ unsigned shared_doubles(unsigned) const { return 0; }
  __device__ void stage(double*) const {}

  __device__ double add(const WarpSlice& slice, const double* x, double sum, double*) const {
    if (!slice.has_row()) return sum;
    const std::uint64_t end = matrix.row_start[slice.row() + std::uint64_t{1}];
    // sum = sum + value(k) x(column(k)), k in row i
    for (std::uint64_t k = matrix.row_start[slice.row()]; k < end; ++k) sum += matrix.term(k, x);
    return sum;
  }
};

class CsrScalar : public CsrArrays {
 public:
  static constexpr std::string_view kernel = "csr-scalar";

  CsrScalar(const Csr& matrix, const Slices&) : CsrArrays(matrix) {}
  View view() const { return {csr()}; }
};

}  // namespace

CudaKernel csr_scalar() { return cuda_kernel<CsrScalar>(); }

}  // namespace steady::detail
