#include "formats/matrix/sell.hpp"

#include <algorithm>

namespace steady::detail {

std::vector<std::uint64_t> sell_starts(const std::vector<std::uint64_t>& row_start, const Slices& slices) {
  std::vector<std::uint64_t> start{0};
  start.reserve(slices.count() + 1);
  for (std::size_t slice = 0; slice < slices.count(); ++slice) {
    std::uint64_t width = 0;
    for (std::size_t i = slices.row[slice]; i < slices.row[slice + 1]; ++i)
      width = std::max(width, row_start[i + 1] - row_start[i]);
    start.push_back(start.back() + width * Slices::height);
  }
  return start;
}

Sell to_sell(const Csr& matrix, const Slices& slices) {
  Sell sell;
  sell.start = sell_starts(matrix.row_start, slices);
  sell.column.assign(sell.start.back(), 0);
  sell.value.assign(sell.start.back(), 0.0);
#pragma omp parallel for schedule(static)
  for (std::size_t slice = 0; slice < slices.count(); ++slice)
    for (std::size_t i = slices.row[slice], r = 0; i < slices.row[slice + 1]; ++i, ++r) {
      std::uint64_t k = matrix.row_start[i];
      const std::uint64_t last = matrix.row_start[i + 1];
      if (k == last) continue;
      for (std::uint64_t place = sell.start[slice] + r; place < sell.start[slice + 1]; place += Slices::height, ++k) {
        sell.column[place] = matrix.column[std::min(k, last - 1)];
        if (k < last) sell.value[place] = matrix.value[k];
      }
    }
  return sell;
}

Footprint sell_footprint(const Csr& matrix, const Slices& slices) {
  const std::vector<std::uint64_t> start = sell_starts(matrix.row_start, slices);
  return {start.size() * sizeof(std::uint64_t) + start.back() * (sizeof(State) + sizeof(double)), ""};
}

}  // namespace steady::detail
