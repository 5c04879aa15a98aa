// Mask on the device: a warp goes through the entries of its slice, which all lanes read at once; the lanes that an
// entry names read consecutive places of x. Rates come from a table in shared memory.
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"
#include "formats/matrix/mask.hpp"
#include "formats/matrix/rate_table.cuh"

namespace steady::detail {

namespace {

struct View {
  const std::uint64_t* start;
  const uint2* entry;  // x: lanes, y: bits
  const std::int64_t* base;
  RateTable rates;
  unsigned code_bits, base_shift;

  __host__ __device__ unsigned shared_doubles(unsigned) const { return rates.shared_doubles(); }
  __device__ void stage(double* shared) const { rates.stage(shared); }

  __device__ double add(const WarpSlice& slice, const double* x, double sum, double* shared) const {
    const std::int64_t from = base[slice.number >> base_shift] + slice.lane;
    const std::uint32_t codes = (std::uint32_t{1} << code_bits) - 1;
    const std::uint64_t end = start[slice.number + 1];
    // sum = sum + rate(code(k)) x(base + distance(k) + i) for those entries k of the slice that name row i
    return rates.with(shared, [&](const double* rate) {
      double total = sum;
      for (std::uint64_t k = start[slice.number]; k < end; ++k) {
        const uint2 e = __ldcs(entry + k);
        if (e.x >> slice.lane & 1) total += rate[e.y & codes] * x[from + (e.y >> code_bits)];
      }
      return total;
    });
  }
};

static_assert(sizeof(uint2) == sizeof(Mask::Entry) && offsetof(Mask::Entry, bits) == offsetof(uint2, y));

class MaskWarp {
 public:
  static constexpr Storage storage = Storage::mask;
  static constexpr std::string_view kernel = "mask-warp";
  static Footprint footprint(const Csr& matrix, const Slices& slices) { return mask_footprint(matrix, slices); }

  MaskWarp(const Csr& matrix, const Slices& slices) : MaskWarp(to_mask(matrix, slices)) {}
  explicit MaskWarp(const Mask& mask)
      : start_(mask.start),
        entry_(mask.entry),
        base_(mask.base),
        rate_(mask.rate),
        code_bits_(mask.code_bits),
        base_shift_(mask.base_shift) {}

  View view() const {
    return {start_.data(), reinterpret_cast<const uint2*>(entry_.data()), base_.data(), rate_table(rate_), code_bits_,
            base_shift_};
  }

 private:
  CudaArray<std::uint64_t> start_;
  CudaArray<Mask::Entry> entry_;
  CudaArray<std::int64_t> base_;
  CudaArray<double> rate_;
  unsigned code_bits_, base_shift_;
};

}  // namespace

CudaKernel mask_warp() { return cuda_kernel<MaskWarp>(); }

}  // namespace steady::detail
