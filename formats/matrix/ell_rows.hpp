// Ell on the host, row by row.
#pragma once

#include <string_view>
#include <vector>

#include "formats/matrix/ell.hpp"

namespace steady::detail {

class EllRows {
 public:
  static constexpr Storage storage = Storage::ell;
  static constexpr std::string_view kernel = "ell-rows";

  static Footprint footprint(const Csr& matrix, const Slices& slices) { return ell_footprint(matrix, slices); }

  EllRows(const Csr& matrix, const Slices& slices) : matrix_(to_ell(matrix, longest_row(matrix))), row_(slices.row) {}

  void add(std::size_t slice, const double* x, double* sum) const {
    for (std::size_t j = 0; j < matrix_.width; ++j)
      for (std::size_t i = row_[slice], r = 0; i < row_[slice + 1]; ++i, ++r) {
        const std::size_t k = j * matrix_.stride + i;
        if (matrix_.value[k] != 0) sum[r] += matrix_.value[k] * x[matrix_.column[k]];
      }
  }

 private:
  Ell matrix_;
  std::vector<State> row_;
};

}  // namespace steady::detail
