// Hyb on the device: one thread a row for the Ell, then the warp reads what is left of its rows side by side and hands
// the products round; each lane takes those of its own row, in the order of the columns. The list is short.
// Bell and Garland, Implementing sparse matrix-vector multiplication on throughput-oriented processors, SC 2009.
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"
#include "formats/matrix/ell_view.cuh"
#include "formats/matrix/hyb.hpp"

namespace steady::detail {

namespace {

struct View {
  EllView ell;
  const std::uint64_t* rest_start;
  const State* rest_row;
  const State* rest_column;
  const double* rest_value;

  __host__ __device__ unsigned shared_doubles(unsigned) const { return 0; }
  __device__ void stage(double*) const {}

  __device__ double add(const WarpSlice& slice, const double* x, double sum, double*) const {
    // the row's entries in the Ell, then sum = sum + value(k) x(column(k)) for those k of the list with row(k) = i
    if (slice.has_row()) sum = ell.add(slice.row(), x, sum);
    const std::uint64_t end = rest_start[slice.number + 1];
    for (std::uint64_t begin = rest_start[slice.number]; begin < end; begin += 32) {
      const std::uint64_t k = begin + slice.lane;
      const double product = k < end ? __ldcs(rest_value + k) * x[__ldcs(rest_column + k)] : 0;
      const unsigned row = k < end ? __ldcs(rest_row + k) - slice.first : 0;
      const int entries = end - begin < 32 ? static_cast<int>(end - begin) : 32;
      for (int e = 0; e < entries; ++e) {
        const double of_entry = __shfl_sync(all_lanes, product, e);
        if (__shfl_sync(all_lanes, row, e) == slice.lane) sum += of_entry;
      }
    }
    return sum;
  }
};

class HybThread {
 public:
  static constexpr Storage storage = Storage::hyb;
  static constexpr std::string_view kernel = "hyb-thread";
  static Footprint footprint(const Csr& matrix, const Slices& slices) { return hyb_footprint(matrix, slices); }

  HybThread(const Csr& matrix, const Slices& slices) : HybThread(to_hyb(matrix, slices)) {}
  View view() const {
    return {ell_.view(), rest_start_.data(), rest_row_.data(), rest_column_.data(), rest_value_.data()};
  }

 private:
  explicit HybThread(const Hyb& hyb)
      : ell_(hyb.ell),
        rest_start_(hyb.rest_start),
        rest_row_(hyb.rest_row),
        rest_column_(hyb.rest_column),
        rest_value_(hyb.rest_value) {}

  EllArrays ell_;
  CudaArray<std::uint64_t> rest_start_;
  CudaArray<State> rest_row_, rest_column_;
  CudaArray<double> rest_value_;
};

}  // namespace

CudaKernel hyb_thread() { return cuda_kernel<HybThread>(); }

}  // namespace steady::detail
