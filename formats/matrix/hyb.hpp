// Hybrid of ELLPACK and coordinates (Bell and Garland 2009): what most rows have is in an Ell, the rest of the long
// rows in a list of (row, column, value), row after row.
//
// The Ell is as wide as the entries that at least a third of the rows have: there, padding costs less than the list.
// `rest_start` says where each slice's part of the list begins, so that slices can be multiplied one by one.
#pragma once

#include <cstdint>
#include <vector>

#include <steady/csr.hpp>

#include "formats/matrix/ell.hpp"
#include "formats/matrix/footprint.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

struct Hyb {
  Ell ell;
  std::vector<std::uint64_t> rest_start;  // slices + 1
  std::vector<State> rest_row;
  std::vector<State> rest_column;
  std::vector<double> rest_value;
};

Hyb to_hyb(const Csr& matrix, const Slices& slices);

Footprint hyb_footprint(const Csr& matrix, const Slices& slices);

}  // namespace steady::detail
