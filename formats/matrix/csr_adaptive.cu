// Compressed sparse rows, read as they lie: a warp goes through the entries of its 32 rows side by side and leaves the
// products in shared memory, where each lane adds up its own row, in the order of the columns, as on the host. Rows
// that are longer than the room there would leave the other lanes waiting: where a slice has one, the warp takes row
// after row.
// Greathouse and Daga, Efficient sparse matrix-vector multiplication on GPUs using the CSR storage format, SC 2014.
#include "formats/matrix/csr_arrays.cuh"
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cuda_operator.cuh"

namespace steady::detail {

namespace {

constexpr unsigned room = 128;  // products a warp, 1 KiB

struct View {
  CsrView matrix;

  __host__ __device__ unsigned shared_doubles(unsigned warps) const { return room * warps; }
  __device__ void stage(double*) const {}

  __device__ double add(const WarpSlice& slice, const double* x, double sum, double* shared) const {
    const std::uint64_t* const start = matrix.row_start + slice.first;
    const unsigned r = slice.has_row() ? slice.lane : slice.rows - 1;
    const std::uint64_t own_begin = slice.has_row() ? start[r] : start[r + 1], own_end = start[r + 1];
    if (__any_sync(all_lanes, own_end - own_begin > room)) return add_long(slice, x, sum);

    double* const product = shared + threadIdx.x / 32 * room;
    const std::uint64_t end = start[slice.rows];
    for (std::uint64_t begin = start[0]; begin < end; begin += room) {
      const std::uint64_t stop = end - begin < room ? end : begin + room;
      // product(k) = value(k) x(column(k)), for all k of the slice
      for (std::uint64_t k = begin + slice.lane; k < stop; k += 32) product[k - begin] = matrix.term(k, x);
      __syncwarp();
      const std::uint64_t own_stop = own_end < stop ? own_end : stop;
      // sum = sum + product(k), k in the lane's row
      for (std::uint64_t k = own_begin > begin ? own_begin : begin; k < own_stop; ++k) sum += product[k - begin];
      __syncwarp();
    }
    return sum;
  }

  // For each row r in turn: part = sum of value(k) x(column(k)) over every 32nd k of the row, added up over the lanes.
  __device__ double add_long(const WarpSlice& slice, const double* x, double sum) const {
    for (unsigned r = 0; r < slice.rows; ++r) {
      const std::uint64_t row = std::uint64_t{slice.first} + r, end = matrix.row_start[row + 1];
      double part = 0;
      for (std::uint64_t k = matrix.row_start[row] + slice.lane; k < end; k += 32) part += matrix.term(k, x);
      part = __shfl_sync(all_lanes, warp_sum(part), 0);
      if (slice.lane == r) sum += part;
    }
    return sum;
  }
};

class CsrAdaptive : public CsrArrays {
 public:
  static constexpr std::string_view kernel = "csr-adaptive";

  CsrAdaptive(const Csr& matrix, const Slices&) : CsrArrays(matrix) {}
  View view() const { return {csr()}; }
};

}  // namespace

CudaKernel csr_adaptive() { return cuda_kernel<CsrAdaptive>(); }

}  // namespace steady::detail
