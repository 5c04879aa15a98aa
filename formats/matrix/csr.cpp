#include "formats/matrix/csr.hpp"

#include <algorithm>
#include <tuple>

namespace steady {

Csr to_csr(std::size_t rows, std::vector<Triplet>&& triplets) {
  std::stable_sort(triplets.begin(), triplets.end(), [](const Triplet& a, const Triplet& b) {
    return std::tie(a.row, a.column) < std::tie(b.row, b.column);
  });
  Csr matrix;
  matrix.row_start.assign(rows + 1, 0);
  for (std::size_t k = 0; k < triplets.size(); ++k) {
    const Triplet& t = triplets[k];
    if (k > 0 && triplets[k - 1].row == t.row && triplets[k - 1].column == t.column) {
      matrix.value.back() += t.value;
      continue;
    }
    ++matrix.row_start[t.row + std::size_t{1}];
    matrix.column.push_back(t.column);
    matrix.value.push_back(t.value);
  }
  for (std::size_t i = 0; i < rows; ++i) matrix.row_start[i + 1] += matrix.row_start[i];
  triplets.clear();
  triplets.shrink_to_fit();
  return matrix;
}

Csr transpose(const Csr& matrix) {
  const std::size_t n = matrix.rows();
  Csr result;
  result.row_start.assign(n + 1, 0);
  result.column.resize(matrix.entries());
  result.value.resize(matrix.entries());
  for (const State column : matrix.column) ++result.row_start[column + std::size_t{1}];
  for (std::size_t i = 0; i < n; ++i) result.row_start[i + 1] += result.row_start[i];
  std::vector<std::uint64_t> next(result.row_start.begin(), result.row_start.end() - 1);
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) {
      const std::uint64_t place = next[matrix.column[k]]++;
      result.column[place] = static_cast<State>(i);
      result.value[place] = matrix.value[k];
    }
  return result;
}

}  // namespace steady
