// Hyb on the host: the Ell's part of a row, then the rest.
#pragma once

#include <string_view>
#include <vector>

#include "formats/matrix/hyb.hpp"

namespace steady::detail {

class HybRows {
 public:
  static constexpr Storage storage = Storage::hyb;
  static constexpr std::string_view kernel = "hyb-rows";

  static Footprint footprint(const Csr& matrix, const Slices& slices) { return hyb_footprint(matrix, slices); }

  HybRows(const Csr& matrix, const Slices& slices) : matrix_(to_hyb(matrix, slices)), row_(slices.row) {}

  void add(std::size_t slice, const double* x, double* sum) const {
    const Ell& ell = matrix_.ell;
    for (std::size_t j = 0; j < ell.width; ++j)
      for (std::size_t i = row_[slice], r = 0; i < row_[slice + 1]; ++i, ++r) {
        const std::size_t k = j * ell.stride + i;
        if (ell.value[k] != 0) sum[r] += ell.value[k] * x[ell.column[k]];
      }
    for (std::uint64_t k = matrix_.rest_start[slice]; k < matrix_.rest_start[slice + 1]; ++k)
      sum[matrix_.rest_row[k] - row_[slice]] += matrix_.rest_value[k] * x[matrix_.rest_column[k]];
  }

 private:
  Hyb matrix_;
  std::vector<State> row_;
};

}  // namespace steady::detail
