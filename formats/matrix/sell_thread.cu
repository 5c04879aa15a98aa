// Sell on the device, one thread a row and a warp a slice: each step reads 32 entries that lie side by side.
// Kreutzer, Hager, Wellein, Fehske and Bishop, A unified sparse matrix data format, SIAM J. Sci. Comput. 36, 2014.
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"
#include "formats/matrix/sell.hpp"

namespace steady::detail {

namespace {

struct View {
  const std::uint64_t* start;
  const State* column;
  const double* value;

  __host__ __device__ unsigned shared_doubles(unsigned) const { return 0; }
  __device__ void stage(double*) const {}

  __device__ double add(const WarpSlice& slice, const double* x, double sum, double*) const {
    if (!slice.has_row()) return sum;
    const std::uint64_t end = start[slice.number + 1];
    // sum = sum + value(k) x(column(k)), k = start + 32 j + r for entry j of row r
    for (std::uint64_t k = start[slice.number] + slice.lane; k < end; k += 32)
      sum += __ldcs(value + k) * x[__ldcs(column + k)];
    return sum;
  }
};

class SellThread {
 public:
  static constexpr Storage storage = Storage::sell;
  static constexpr std::string_view kernel = "sell-thread";
  static Footprint footprint(const Csr& matrix, const Slices& slices) { return sell_footprint(matrix, slices); }

  SellThread(const Csr& matrix, const Slices& slices) : SellThread(to_sell(matrix, slices)) {}
  View view() const { return {start_.data(), column_.data(), value_.data()}; }

 private:
  explicit SellThread(const Sell& sell) : start_(sell.start), column_(sell.column), value_(sell.value) {}

  CudaArray<std::uint64_t> start_;
  CudaArray<State> column_;
  CudaArray<double> value_;
};

}  // namespace

CudaKernel sell_thread() { return cuda_kernel<SellThread>(); }

}  // namespace steady::detail
