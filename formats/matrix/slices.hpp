// The rows of a matrix in slices of up to 32, the unit in which every storage keeps and every kernel multiplies them:
// a warp's worth on a GPU, four AVX-512 or eight AVX2 registers on a CPU. No slice straddles two dependency levels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <steady/csr.hpp>

namespace steady::detail {

struct Slices {
  static constexpr std::size_t height = 32;

  std::vector<State> row;    // first row of each slice, and the number of rows: slices + 1
  std::vector<State> level;  // first slice of each level, and the number of slices: levels + 1

  std::size_t count() const { return row.size() - 1; }
  std::size_t levels() const { return level.size() - 1; }
  std::size_t rows() const { return row.back(); }
};

// `level_start`: the first row of each level, and the number of rows. {0, n} for a single level.
Slices make_slices(std::span<const State> level_start);

}  // namespace steady::detail
