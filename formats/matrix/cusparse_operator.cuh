// A chain's matrix multiplied by NVIDIA's cuSPARSE: what our kernels are measured against. The library knows products
// alone: the operations that finish a product make a second pass over the vectors, and there are no sweeps.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "formats/matrix/cuda_rows.cuh"
#include "formats/matrix/cusparse.hpp"
#include "formats/matrix/list.hpp"
#include "formats/vectors/cuda.hpp"

namespace steady::detail {

// A matrix of cuSPARSE: its constructor takes what it needs of ours to the device; describe() is it, as the library
// wants it, and `algorithm` the library's name of the kernel. `multiplies_unprepared`: where the library refuses to
// prepare products, they are asked for all the same.
template <class T>
concept CusparseStorage = ListedStorage<T> && std::constructible_from<T, const Csr&> && requires(const T& matrix) {
  { T::algorithm } -> std::convertible_to<cusparseSpMVAlg_t>;
  { T::multiplies_unprepared } -> std::convertible_to<bool>;
  { matrix.describe() } -> std::same_as<CusparseMatrix>;
};

template <CusparseStorage Matrix>
class CusparseOperator final : public RateOperator<CudaVector> {
 public:
  CusparseOperator(const Csr& inflow, const std::vector<double>& exit_rate)
      : arrays_(inflow),
        exit_(exit_rate),
        max_exit_(*std::max_element(exit_rate.begin(), exit_rate.end())),
        handle_(make_cusparse()),
        matrix_(arrays_.describe()) {
    const CudaVector x(size()), y(size());
    const CusparseVector from = describe_vector(x.data(), size()), to = describe_vector(y.data(), size());
    std::size_t bytes = 0;
    check(cusparse().multiply_room(handle_.get(), as_it_is, &one, matrix_.get(), from.get(), &zero, to.get(),
                                   CUDA_R_64F, Matrix::algorithm, &bytes));
    buffer_ = CudaArray<unsigned char>(std::max<std::size_t>(bytes, 1));  // a null pointer is refused
    const cusparseStatus_t status =
        cusparse().prepare_multiply(handle_.get(), as_it_is, &one, matrix_.get(), from.get(), &zero, to.get(),
                                    CUDA_R_64F, Matrix::algorithm, buffer_.data());
    if (!Matrix::multiplies_unprepared) check(status);
  }

  std::string_view storage() const override { return name(Matrix::storage); }
  std::string_view kernel() const override { return Matrix::kernel; }
  std::size_t size() const override { return exit_.size(); }
  double max_exit_rate() const override { return max_exit_; }
  std::span<const State> order() const override { return {}; }

  void multiply(const CudaVector& x, CudaVector& y) const override {
    const CusparseVector from = describe_vector(x.data(), size()), to = describe_vector(y.data(), size());
    check(cusparse().set_stream(handle_.get(), current_stream()));
    check(cusparse().multiply(handle_.get(), as_it_is, &one, matrix_.get(), from.get(), &zero, to.get(), CUDA_R_64F,
                              Matrix::algorithm, buffer_.data()));
  }

  double residual(const CudaVector& x, CudaVector& r, Tally tally) const override {
    return finished(x, r, Residual{exit_.data(), x.data(), r.data()}, tally).residual;
  }

  Pass jacobi_sweep(double w, const CudaVector& x, CudaVector& y, Tally tally) const override {
    return finished(x, y, JacobiSweep{w, exit_.data(), x.data(), y.data()}, tally);
  }

  Pass power_step(double rate, const CudaVector& x, CudaVector& y, Tally tally) const override {
    return finished(x, y, PowerStep{rate, exit_.data(), x.data(), y.data()}, tally);
  }

  void gauss_seidel_sweep(Direction, double, CudaVector&) const override { refuse_sweeps(); }
  void triangular_solve(Direction, const CudaVector&, CudaVector&) const override { refuse_sweeps(); }
  void triangular_jacobi(Direction, std::size_t, const CudaVector&, CudaVector&) const override { refuse_sweeps(); }
  void add_later(Direction, double, const CudaVector&, const CudaVector&, CudaVector&) const override {
    refuse_sweeps();
  }

  [[noreturn]] static void refuse_sweeps() {
    throw Error("kernel " + std::string(Matrix::kernel) +
                " is a baseline that multiplies only: methods power and jacobi can use it, sweeps cannot");
  }

 private:
  static constexpr double one = 1, zero = 0;
  static constexpr cusparseOperation_t as_it_is = CUSPARSE_OPERATION_NON_TRANSPOSE;

  // y = x R, then finish(i, y(i)), which may overwrite y(i).
  template <class Finish>
  Pass finished(const CudaVector& x, CudaVector& y, const Finish& finish, Tally tally) const {
    multiply(x, y);
    launch_finish(size(), y.data(), finish, tally == Tally::yes ? sums().slots() : Slots{});
    if (tally == Tally::no) return {};
    const double* const total = sums().wait();
    return {total[0], total[1]};
  }

  Matrix arrays_;
  CudaArray<double> exit_;
  double max_exit_;
  CusparseHandle handle_;
  CusparseMatrix matrix_;
  mutable CudaArray<unsigned char> buffer_;  // of the library
};

// The footprint of so many places for entries and of `starts` 32-bit numbers, if 32 bits are enough.
inline Footprint cusparse_footprint(std::uint64_t starts, std::uint64_t places) {
  if (places == 0) return {0, "a matrix without entries is not given to cuSPARSE"};
  if (places > std::numeric_limits<std::int32_t>::max())
    return {0, std::to_string(places) + " places are more than cuSPARSE's 32-bit numbers count"};
  return {starts * sizeof(std::int32_t) + places * (sizeof(State) + sizeof(double)), ""};
}

template <CusparseStorage Matrix>
CudaKernel cusparse_kernel() {
  const auto make = [](const Csr& inflow, const std::vector<double>& exit_rate,
                       const LevelOrders& orders) -> std::unique_ptr<RateOperator<CudaVector>> {
    if (!orders.empty()) CusparseOperator<Matrix>::refuse_sweeps();
    return std::make_unique<CusparseOperator<Matrix>>(inflow, exit_rate);
  };
  return {Matrix::storage, Matrix::kernel, Matrix::footprint, make, true};
}

}  // namespace steady::detail
