#include "formats/matrix/hyb.hpp"

#include <algorithm>
#include <functional>

namespace steady::detail {
namespace {

// The largest width that at least a third of the rows fill.
std::size_t ell_width(const Csr& matrix) {
  const std::size_t rows = matrix.rows();
  std::vector<std::size_t> length(rows);
  for (std::size_t i = 0; i < rows; ++i) length[i] = matrix.row_start[i + 1] - matrix.row_start[i];
  const std::size_t third = (rows + 2) / 3;
  if (third == 0) return 0;
  const auto place = length.begin() + static_cast<std::ptrdiff_t>(third - 1);
  std::nth_element(length.begin(), place, length.end(), std::greater<>());
  return *place;
}

// Where each slice's entries beyond `width` a row begin.
std::vector<std::uint64_t> rest_starts(const Csr& matrix, const Slices& slices, std::size_t width) {
  std::vector<std::uint64_t> start{0};
  start.reserve(slices.count() + 1);
  for (std::size_t slice = 0; slice < slices.count(); ++slice) {
    std::uint64_t rest = start.back();
    for (std::size_t i = slices.row[slice]; i < slices.row[slice + 1]; ++i) {
      const std::uint64_t length = matrix.row_start[i + 1] - matrix.row_start[i];
      if (length > width) rest += length - width;
    }
    start.push_back(rest);
  }
  return start;
}

}  // namespace

Hyb to_hyb(const Csr& matrix, const Slices& slices) {
  const std::size_t width = ell_width(matrix);
  Hyb hyb;
  hyb.ell = to_ell(matrix, width);
  hyb.rest_start = rest_starts(matrix, slices, width);
  hyb.rest_row.reserve(hyb.rest_start.back());
  hyb.rest_column.reserve(hyb.rest_start.back());
  hyb.rest_value.reserve(hyb.rest_start.back());
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    for (std::uint64_t k = matrix.row_start[i] + width; k < matrix.row_start[i + 1]; ++k) {
      hyb.rest_row.push_back(static_cast<State>(i));
      hyb.rest_column.push_back(matrix.column[k]);
      hyb.rest_value.push_back(matrix.value[k]);
    }
  return hyb;
}

Footprint hyb_footprint(const Csr& matrix, const Slices& slices) {
  const std::size_t width = ell_width(matrix);
  const std::vector<std::uint64_t> rest = rest_starts(matrix, slices, width);
  return {ell_bytes(matrix.rows(), width) + rest.size() * sizeof(std::uint64_t) +
              rest.back() * (2 * sizeof(State) + sizeof(double)),
          ""};
}

}  // namespace steady::detail
