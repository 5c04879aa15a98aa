// Csr as it is, row after row: 12 bytes a transition and 8 a state.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <steady/csr.hpp>

#include "formats/matrix/footprint.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

class CsrRows {
 public:
  static constexpr Storage storage = Storage::csr;
  static constexpr std::string_view kernel = "csr-rows";

  static Footprint footprint(const Csr& matrix, const Slices&) {
    return {
        matrix.row_start.size() * sizeof(std::uint64_t) + matrix.row_start.back() * (sizeof(State) + sizeof(double)),
        ""};
  }

  CsrRows(Csr matrix, const Slices& slices) : matrix_(std::move(matrix)), row_(slices.row) {}

  void add(std::size_t slice, const double* x, double* sum) const {
    for (std::size_t i = row_[slice], r = 0; i < row_[slice + 1]; ++i, ++r) {
      double flow = sum[r];
      for (std::uint64_t k = matrix_.row_start[i]; k < matrix_.row_start[i + 1]; ++k)
        flow += matrix_.value[k] * x[matrix_.column[k]];
      sum[r] = flow;
    }
  }

 private:
  Csr matrix_;
  std::vector<State> row_;
};

}  // namespace steady::detail
