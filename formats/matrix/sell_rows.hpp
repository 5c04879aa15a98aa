// Sell on the host: the rows of a slice together, entry after entry.
#pragma once

#include <string_view>
#include <vector>

#include "formats/matrix/sell.hpp"

namespace steady::detail {

class SellRows {
 public:
  static constexpr Storage storage = Storage::sell;
  static constexpr std::string_view kernel = "sell-rows";

  static Footprint footprint(const Csr& matrix, const Slices& slices) { return sell_footprint(matrix, slices); }

  SellRows(const Csr& matrix, const Slices& slices) : matrix_(to_sell(matrix, slices)), row_(slices.row) {}

  void add(std::size_t slice, const double* x, double* sum) const {
    const std::size_t rows = row_[slice + 1] - row_[slice];
    for (std::uint64_t k = matrix_.start[slice]; k < matrix_.start[slice + 1]; k += Slices::height)
      for (std::size_t r = 0; r < rows; ++r) sum[r] += matrix_.value[k + r] * x[matrix_.column[k + r]];
  }

 private:
  Sell matrix_;
  std::vector<State> row_;
};

}  // namespace steady::detail
