// ELLPACK: every row padded to the same width, so that neighbouring rows' entries are neighbours in memory.
//
// Column-major: entry j of row i is at j stride + i, with stride the number of rows rounded up to 32 (whole, aligned
// warps). Padding has value 0 and repeats the row's last column (0 for an empty row), which costs no new cache line.
// A kernel skips padding: in a sweep, an empty row's column 0 may not have its new value yet.
// One dense row would make every row as wide: such a matrix does not fit.
#pragma once

#include <cstddef>
#include <vector>

#include <steady/csr.hpp>

#include "formats/matrix/footprint.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

struct Ell {
  static constexpr std::size_t most_padding = 4;  // times the entries; more does not fit

  std::size_t width = 0;   // entries a row
  std::size_t stride = 0;  // from one entry of a row to its next
  std::vector<State> column;
  std::vector<double> value;
};

// The first `width` entries of each row.
Ell to_ell(const Csr& matrix, std::size_t width);

// Entries of the longest row.
std::size_t longest_row(const Csr& matrix);

std::uint64_t ell_bytes(std::size_t rows, std::size_t width);
Footprint ell_footprint(const Csr& matrix, const Slices& slices);

}  // namespace steady::detail
