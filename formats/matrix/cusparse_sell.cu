// cuSPARSE's sliced ELL: our Sell with its slices of 32 rows, and the column -1 in padding, which the library skips.
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cusparse_operator.cuh"
#include "formats/matrix/sell.hpp"

namespace steady::detail {

namespace {

class SellMatrix {
 public:
  static constexpr Storage storage = Storage::sell;
  static constexpr std::string_view kernel = "cusparse-sell";
  static constexpr cusparseSpMVAlg_t algorithm = CUSPARSE_SPMV_SELL_ALG1;
  static constexpr bool multiplies_unprepared = true;
  static Footprint footprint(const Csr& matrix, const Slices& slices) {
    const std::vector<std::uint64_t> start = sell_starts(matrix.row_start, slices);
    return cusparse_footprint(start.size(), start.back());
  }

  explicit SellMatrix(const Csr& matrix) : SellMatrix(matrix, to_sell(matrix, one_level(matrix))) {}

  CusparseMatrix describe() const {
    cusparseSpMatDescr_t matrix = nullptr;
    check(cusparse().create_sell(&matrix, rows_, rows_, entries_, static_cast<std::int64_t>(value_.size()),
                                 Slices::height, const_cast<std::int32_t*>(start_.data()),
                                 const_cast<State*>(column_.data()), const_cast<double*>(value_.data()),
                                 CUSPARSE_INDEX_32I, CUSPARSE_INDEX_32I, CUSPARSE_INDEX_BASE_ZERO, CUDA_R_64F));
    return {matrix, cusparse().destroy_matrix};
  }

 private:
  SellMatrix(const Csr& matrix, const Sell& sell)
      : rows_(static_cast<std::int64_t>(matrix.rows())),
        entries_(static_cast<std::int64_t>(matrix.entries())),
        start_(std::vector<std::int32_t>(sell.start.begin(), sell.start.end())),
        column_(without_padding(sell)),
        value_(sell.value) {}

  static Slices one_level(const Csr& matrix) {
    const State start[] = {0, static_cast<State>(matrix.rows())};
    return make_slices(start);
  }

  // Rates are positive: a zero is padding.
  static std::vector<State> without_padding(const Sell& sell) {
    std::vector<State> column = sell.column;
    for (std::size_t k = 0; k < column.size(); ++k)
      if (sell.value[k] == 0) column[k] = static_cast<State>(-1);
    return column;
  }

  std::int64_t rows_, entries_;
  CudaArray<std::int32_t> start_;
  CudaArray<State> column_;
  CudaArray<double> value_;
};

}  // namespace

CudaKernel cusparse_sell() { return cusparse_kernel<SellMatrix>(); }

}  // namespace steady::detail
