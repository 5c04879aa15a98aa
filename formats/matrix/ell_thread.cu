// Ell on the device, one thread a row: neighbouring threads read neighbouring entries.
// Bell and Garland, Implementing sparse matrix-vector multiplication on throughput-oriented processors, SC 2009.
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"
#include "formats/matrix/ell_view.cuh"

namespace steady::detail {

namespace {

struct View {
  EllView matrix;

  __host__ __device__ unsigned shared_doubles(unsigned) const { return 0; }
  __device__ void stage(double*) const {}
  __device__ double add(const WarpSlice& slice, const double* x, double sum, double*) const {
    return slice.has_row() ? matrix.add(slice.row(), x, sum) : sum;
  }
};

class EllThread {
 public:
  static constexpr Storage storage = Storage::ell;
  static constexpr std::string_view kernel = "ell-thread";
  static Footprint footprint(const Csr& matrix, const Slices& slices) { return ell_footprint(matrix, slices); }

  EllThread(const Csr& matrix, const Slices&) : matrix_(to_ell(matrix, longest_row(matrix))) {}
  View view() const { return {matrix_.view()}; }

 private:
  EllArrays matrix_;
};

}  // namespace

CudaKernel ell_thread() { return cuda_kernel<EllThread>(); }

}  // namespace steady::detail
