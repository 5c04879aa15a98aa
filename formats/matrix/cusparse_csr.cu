// cuSPARSE's compressed sparse rows by either of its algorithms: 1, the faster one, and 2, whose bits are the same on
// every run.
#include "formats/matrix/cuda_kernels.hpp"
#include "formats/matrix/cusparse_operator.cuh"

namespace steady::detail {

namespace {

class CsrMatrix {
 public:
  static constexpr Storage storage = Storage::csr;
  static constexpr bool multiplies_unprepared = false;
  static Footprint footprint(const Csr& matrix, const Slices&) {
    return cusparse_footprint(matrix.row_start.size(), matrix.row_start.back());
  }

  explicit CsrMatrix(const Csr& matrix)
      : row_start_(std::vector<std::int32_t>(matrix.row_start.begin(), matrix.row_start.end())),
        column_(matrix.column),
        value_(matrix.value) {}
  CusparseMatrix describe() const { return describe_csr(row_start_.size() - 1, row_start_, column_, value_); }

 private:
  CudaArray<std::int32_t> row_start_;
  CudaArray<State> column_;
  CudaArray<double> value_;
};

struct FirstAlgorithm : CsrMatrix {
  using CsrMatrix::CsrMatrix;
  static constexpr std::string_view kernel = "cusparse-csr-alg1";
  static constexpr cusparseSpMVAlg_t algorithm = CUSPARSE_SPMV_CSR_ALG1;
};

struct SecondAlgorithm : CsrMatrix {
  using CsrMatrix::CsrMatrix;
  static constexpr std::string_view kernel = "cusparse-csr-alg2";
  static constexpr cusparseSpMVAlg_t algorithm = CUSPARSE_SPMV_CSR_ALG2;
};

}  // namespace

CudaKernel cusparse_csr_alg1() { return cusparse_kernel<FirstAlgorithm>(); }
CudaKernel cusparse_csr_alg2() { return cusparse_kernel<SecondAlgorithm>(); }

}  // namespace steady::detail
