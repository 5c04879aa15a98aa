// SELL-C-sigma (Kreutzer et al. 2014) with C = 32 and sigma = 1: each slice is padded to its own longest row.
//
// Column-major within a slice: entry j of the slice's row r is at start[slice] + 32 j + r. A slice of fewer rows takes
// 32 places all the same. Padding has value 0 and repeats the row's last column (0 where the row is empty). A kernel
// may multiply the padding of rows: in a sweep, either all rows of a slice have earlier sources, or none has.
//
// sigma = 1: rows keep their order. Sorting them by length in windows of sigma rows would remove padding, but states
// are in an order that dependency levels have fixed, and in which neighbours' columns lie side by side.
#pragma once

#include <cstdint>
#include <vector>

#include <steady/csr.hpp>

#include "formats/matrix/footprint.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

struct Sell {
  std::vector<std::uint64_t> start;  // first place of each slice, and the number of places: slices + 1
  std::vector<State> column;
  std::vector<double> value;
};

// Where each slice begins: 32 places for each entry of the slice's longest row. `row_start` as in Csr.
std::vector<std::uint64_t> sell_starts(const std::vector<std::uint64_t>& row_start, const Slices& slices);

Sell to_sell(const Csr& matrix, const Slices& slices);

Footprint sell_footprint(const Csr& matrix, const Slices& slices);

}  // namespace steady::detail
