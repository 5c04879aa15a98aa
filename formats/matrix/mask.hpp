// One 8-byte entry for all rows of a slice that have the same rate from the same distance.
//
// In lexicographic order a chain's transitions go the same distance from neighbouring states, at the same rate. Take a
// slice's row r and its entry in column c with rate v: c - r and v are the same for many of the slice's rows. An entry
//   lanes: bit r is set for row r of the slice
//   bits:  (distance - base[slice >> base_shift]) << code_bits | code, with value rate[code]
// means value rate[code] in column distance + r of each of these rows. A slice's entries are entry[start[slice]] up to
// start[slice + 1], ascending in bits, so that each row is added up in ascending order of columns.
//
// Where distances and codes fit in 32 bits together there is one base for all slices (base_shift = 32), else one a
// slice (base_shift = 0), its lowest distance. A base may lie before column 0; the lanes that are set never do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <steady/csr.hpp>

#include "formats/chain/levels.hpp"
#include "formats/matrix/footprint.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

struct Mask {
  struct Entry {
    std::uint32_t lanes;
    std::uint32_t bits;
  };

  std::vector<std::uint64_t> start;  // slices + 1
  std::vector<Entry> entry;
  std::vector<std::int64_t> base;
  std::vector<double> rate;
  unsigned code_bits = 0;
  unsigned base_shift = 0;
};

// Running sums of what each slice takes, from 0.
std::vector<std::uint64_t> mask_starts(std::span<const std::uint32_t> entries_of_slice);

// Throws Error where it does not fit, with the footprint's reason.
Mask to_mask(const Csr& matrix, const Slices& slices);

// Both parts of a sweep's matrix in level order (levels.hpp), without a copy of them as csr in between.
struct SplitMask {
  Mask earlier;
  Mask later;
};
SplitMask to_split_mask(const Csr& inflow, const LevelOrder& order, const Slices& slices);

Footprint mask_footprint(const Csr& matrix, const Slices& slices);

}  // namespace steady::detail
