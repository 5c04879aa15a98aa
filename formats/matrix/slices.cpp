#include "formats/matrix/slices.hpp"

namespace steady::detail {

Slices make_slices(std::span<const State> level_start) {
  Slices slices;
  for (std::size_t l = 0; l + 1 < level_start.size(); ++l) {
    slices.level.push_back(static_cast<State>(slices.row.size()));
    for (std::uint64_t row = level_start[l]; row < level_start[l + 1]; row += Slices::height)
      slices.row.push_back(static_cast<State>(row));
  }
  slices.level.push_back(static_cast<State>(slices.row.size()));
  slices.row.push_back(level_start.back());
  return slices;
}

}  // namespace steady::detail
