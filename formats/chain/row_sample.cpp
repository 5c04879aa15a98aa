#include "formats/chain/row_sample.hpp"

#include <algorithm>

namespace steady::detail {

std::optional<Csr> sample_of_rows(const Csr& matrix) {
  constexpr std::size_t block = 4096, one_of = 16;  // blocks
  constexpr std::uint64_t large = 1 << 20;          // entries
  constexpr std::uint64_t much = 64;                // times as long as the average
  if (matrix.entries() < large || matrix.rows() < block * one_of) return std::nullopt;
  std::size_t longest = 0;
  const auto length = [&](std::size_t i) { return matrix.row_start[i + 1] - matrix.row_start[i]; };
  for (std::size_t i = 1; i < matrix.rows(); ++i)
    if (length(i) > length(longest)) longest = i;
  if (length(longest) > much * (matrix.entries() / matrix.rows() + 1)) return std::nullopt;
  Csr sample;
  for (std::size_t first = 0, b = 0; first < matrix.rows(); first += block, ++b) {
    if (b % one_of != one_of / 2 && b != longest / block) continue;
    const std::size_t last = std::min(first + block, matrix.rows());
    const auto from = static_cast<std::ptrdiff_t>(matrix.row_start[first]);
    const auto to = static_cast<std::ptrdiff_t>(matrix.row_start[last]);
    sample.column.insert(sample.column.end(), matrix.column.begin() + from, matrix.column.begin() + to);
    sample.value.insert(sample.value.end(), matrix.value.begin() + from, matrix.value.begin() + to);
    for (std::size_t i = first; i < last; ++i) sample.row_start.push_back(sample.row_start.back() + length(i));
  }
  return sample;
}

}  // namespace steady::detail
