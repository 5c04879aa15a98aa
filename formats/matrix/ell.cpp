#include "formats/matrix/ell.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace steady::detail {
namespace {

std::size_t stride_of(std::size_t rows) { return (rows + Slices::height - 1) / Slices::height * Slices::height; }

}  // namespace

Ell to_ell(const Csr& matrix, std::size_t width) {
  const std::size_t rows = matrix.rows();
  Ell ell;
  ell.width = width;
  ell.stride = stride_of(rows);
  ell.column.assign(width * ell.stride, 0);
  ell.value.assign(width * ell.stride, 0.0);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t first = matrix.row_start[i], last = matrix.row_start[i + 1];
    for (std::size_t j = 0; j < width && first < last; ++j) {
      const std::uint64_t k = std::min(first + j, last - 1);
      ell.column[j * ell.stride + i] = matrix.column[k];
      if (first + j < last) ell.value[j * ell.stride + i] = matrix.value[k];
    }
  }
  return ell;
}

std::size_t longest_row(const Csr& matrix) {
  std::uint64_t longest = 0;
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    longest = std::max(longest, matrix.row_start[i + 1] - matrix.row_start[i]);
  return longest;
}

std::uint64_t ell_bytes(std::size_t rows, std::size_t width) {
  return std::uint64_t{width} * stride_of(rows) * (sizeof(State) + sizeof(double));
}

Footprint ell_footprint(const Csr& matrix, const Slices&) {
  const std::size_t width = longest_row(matrix);
  const std::uint64_t padded = std::uint64_t{width} * matrix.rows(), entries = matrix.row_start.back();
  if (padded / Ell::most_padding > entries)
    return {0, fmt::format("the longest row has {} entries, and padding all to it would take {:.1f} times the memory",
                           width, static_cast<double>(padded) / static_cast<double>(entries))};
  return {ell_bytes(matrix.rows(), width), ""};
}

}  // namespace steady::detail
