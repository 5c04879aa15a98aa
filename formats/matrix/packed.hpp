// Sell with one 32-bit word an entry, for chains of few distinct rates: 4 bytes where Sell has 12.
//
// Places are as in Sell: entry j of the slice's row r is at start[slice] + 32 j + r. An entry's bits are
//   (column - base[slice >> base_shift]) << code_bits | code,  with value rate[code].
// Code 0 is the rate 0 of padding. Where columns and codes fit in 32 bits together there is one base, 0, for all
// slices (base_shift = 32), else one a slice (base_shift = 0), its lowest column.
#pragma once

#include <cstdint>
#include <vector>

#include <steady/csr.hpp>

#include "formats/matrix/footprint.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

struct Packed {
  std::vector<std::uint64_t> start;  // slices + 1
  std::vector<std::uint32_t> bits;
  std::vector<State> base;
  std::vector<double> rate;
  unsigned code_bits = 0;
  unsigned base_shift = 0;
};

// Throws Error where it does not fit, with the footprint's reason.
Packed to_packed(const Csr& matrix, const Slices& slices);

Footprint packed_footprint(const Csr& matrix, const Slices& slices);

}  // namespace steady::detail
