// Packed on the device, one thread a row and a warp a slice: each step reads 32 entries that lie side by side, and
// takes the rates from a table in shared memory.
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"
#include "formats/matrix/packed.hpp"
#include "formats/matrix/rate_table.cuh"

namespace steady::detail {

namespace {

struct View {
  const std::uint64_t* start;
  const std::uint32_t* bits;
  const State* base;
  RateTable rates;
  unsigned code_bits, base_shift;

  __host__ __device__ unsigned shared_doubles(unsigned) const { return rates.shared_doubles(); }
  __device__ void stage(double* shared) const { rates.stage(shared); }

  __device__ double add(const WarpSlice& slice, const double* x, double sum, double* shared) const {
    if (!slice.has_row()) return sum;
    const double* const from = x + base[slice.number >> base_shift];
    const std::uint32_t codes = (std::uint32_t{1} << code_bits) - 1;
    const std::uint64_t end = start[slice.number + 1];
    // sum = sum + rate(code(k)) x(base + distance(k)), k = start + 32 j + r for entry j of row r
    return rates.with(shared, [&](const double* rate) {
      double total = sum;
      for (std::uint64_t k = start[slice.number] + slice.lane; k < end; k += 32) {
        const std::uint32_t entry = __ldcs(bits + k);
        total += rate[entry & codes] * from[entry >> code_bits];
      }
      return total;
    });
  }
};

class PackedThread {
 public:
  static constexpr Storage storage = Storage::packed;
  static constexpr std::string_view kernel = "packed-thread";
  static Footprint footprint(const Csr& matrix, const Slices& slices) { return packed_footprint(matrix, slices); }

  PackedThread(const Csr& matrix, const Slices& slices) : PackedThread(to_packed(matrix, slices)) {}
  View view() const { return {start_.data(), bits_.data(), base_.data(), rate_table(rate_), code_bits_, base_shift_}; }

 private:
  explicit PackedThread(const Packed& packed)
      : start_(packed.start),
        bits_(packed.bits),
        base_(packed.base),
        rate_(packed.rate),
        code_bits_(packed.code_bits),
        base_shift_(packed.base_shift) {}

  CudaArray<std::uint64_t> start_;
  CudaArray<std::uint32_t> bits_;
  CudaArray<State> base_;
  CudaArray<double> rate_;
  unsigned code_bits_, base_shift_;
};

}  // namespace

CudaKernel packed_thread() { return cuda_kernel<PackedThread>(); }

}  // namespace steady::detail
