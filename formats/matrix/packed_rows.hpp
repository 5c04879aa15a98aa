// Packed on the host: the rows of a slice together, entry after entry.
#pragma once

#include <string_view>
#include <vector>

#include "formats/matrix/packed.hpp"

namespace steady::detail {

class PackedRows {
 public:
  static constexpr Storage storage = Storage::packed;
  static constexpr std::string_view kernel = "packed-rows";

  static Footprint footprint(const Csr& matrix, const Slices& slices) { return packed_footprint(matrix, slices); }

  PackedRows(const Csr& matrix, const Slices& slices) : matrix_(to_packed(matrix, slices)), row_(slices.row) {}

  void add(std::size_t slice, const double* x, double* sum) const {
    const std::size_t rows = row_[slice + 1] - row_[slice];
    const double* const from = x + matrix_.base[slice >> matrix_.base_shift];
    const double* const rate = matrix_.rate.data();
    const unsigned bits = matrix_.code_bits;
    const std::uint32_t code = (std::uint32_t{1} << bits) - 1;
    for (std::uint64_t k = matrix_.start[slice]; k < matrix_.start[slice + 1]; k += Slices::height) {
      const std::uint32_t* const entry = matrix_.bits.data() + k;
      for (std::size_t r = 0; r < rows; ++r) sum[r] += rate[entry[r] & code] * from[entry[r] >> bits];
    }
  }

 private:
  Packed matrix_;
  std::vector<State> row_;
};

}  // namespace steady::detail
