#include "formats/chain/counting_sort.hpp"

#include <utility>

#include "formats/base/memory.hpp"
#include "formats/base/parallel.hpp"

namespace steady::detail {

void make_room(std::vector<std::vector<State>>& counts, Csr& matrix) {
  const std::size_t n = counts.front().size();
  std::vector<std::uint64_t>& start = matrix.row_start;
  resize_large(start, n + 1);
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      State sum = 0;
      for (std::vector<State>& count : counts) sum += std::exchange(count[i], sum);
      start[i + 1] = sum;
    }
  });
  for (std::size_t i = 0; i < n; ++i) start[i + 1] += start[i];
  resize_large(matrix.column, start[n]);
  resize_large(matrix.value, start[n]);
}

}  // namespace steady::detail
