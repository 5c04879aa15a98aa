// The triangular solve of every CUDA kernel against cuSPARSE's SpSV, where cuSPARSE is here.
#include "formats/matrix/cusparse.hpp"
#include "tests/catch.hpp"
#include "tests/cusparse_here.hpp"
#include "tests/kernel_operations.hpp"
#include "tests/matrices.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::reference;

namespace {

// Solves y (D - L) = b, states in their own order.
Values spsv(const AwkwardMatrix& m, Direction direction, const Values& b) {
  std::vector<Triplet> triplets;
  for (std::size_t i = 0; i < m.inflow.rows(); ++i) {
    const auto row = static_cast<State>(i);
    triplets.push_back({row, row, m.exit_rate[i]});
    for (std::uint64_t k = m.inflow.row_start[i]; k < m.inflow.row_start[i + 1]; ++k)
      if (direction == forward ? m.inflow.column[k] < i : m.inflow.column[k] > i)
        triplets.push_back({row, m.inflow.column[k], -m.inflow.value[k]});
  }
  const Csr triangle = to_csr(b.size(), std::move(triplets));
  const CudaArray<std::int32_t> row_start(
      std::vector<std::int32_t>(triangle.row_start.begin(), triangle.row_start.end()));
  const CudaArray<State> column(triangle.column);
  const CudaArray<double> value(triangle.value);
  const CusparseHandle handle = make_cusparse();
  const CusparseMatrix matrix = describe_csr(b.size(), row_start, column, value);
  cusparseFillMode_t fill = direction == forward ? CUSPARSE_FILL_MODE_LOWER : CUSPARSE_FILL_MODE_UPPER;
  cusparseDiagType_t diagonal = CUSPARSE_DIAG_TYPE_NON_UNIT;
  check(cusparse().set_attribute(matrix.get(), CUSPARSE_SPMAT_FILL_MODE, &fill, sizeof fill));
  check(cusparse().set_attribute(matrix.get(), CUSPARSE_SPMAT_DIAG_TYPE, &diagonal, sizeof diagonal));

  const CudaVector right(b), solution(b.size());
  const CusparseVector from = describe_vector(right.data(), b.size()), to = describe_vector(solution.data(), b.size());
  cusparseSpSVDescr_t solve = nullptr;
  check(cusparse().create_solve(&solve));
  const double one = 1;
  constexpr auto as_it_is = CUSPARSE_OPERATION_NON_TRANSPOSE;
  std::size_t bytes = 0;
  check(cusparse().solve_room(handle.get(), as_it_is, &one, matrix.get(), from.get(), to.get(), CUDA_R_64F,
                              CUSPARSE_SPSV_ALG_DEFAULT, solve, &bytes));
  CudaArray<unsigned char> buffer(bytes);
  check(cusparse().analyse(handle.get(), as_it_is, &one, matrix.get(), from.get(), to.get(), CUDA_R_64F,
                           CUSPARSE_SPSV_ALG_DEFAULT, solve, buffer.data()));
  check(cusparse().solve(handle.get(), as_it_is, &one, matrix.get(), from.get(), to.get(), CUDA_R_64F,
                         CUSPARSE_SPSV_ALG_DEFAULT, solve));
  const Values y = download(solution);
  check(cusparse().destroy_solve(solve));
  return y;
}

}  // namespace

TEST_CASE("cuSPARSE says its version") {
  if (!cusparse_is_here()) return;
  CHECK(std::stoi(cusparse_version()) >= 12);
}

TEST_CASE("triangular solves agree with cuSPARSE's") {
  if (!cusparse_is_here()) return;
  for (const AwkwardMatrix& m : awkward_matrices()) {
    if (m.exit_rate.size() > 1000) continue;
    for (const Direction direction : {forward, backward}) {
      const Values b = some_values(m.exit_rate.size()), expected = spsv(m, direction, b);
      for (const CudaKernel& kernel : cuda_kernels()) {
        if (kernel.baseline || !fits(kernel, m.inflow)) continue;
        INFO(kernel.kernel << " on " << m.name << (direction == forward ? ", forward" : ", backward"));
        CHECK(difference(Tried(kernel, m, {direction}).solve(direction, b), expected) < 1e-12);
      }
    }
  }
}
