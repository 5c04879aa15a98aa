#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <steady/csr.hpp>
#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/chain/counting_sort.hpp"

namespace steady {

using namespace detail;

namespace {

// One row's entries in ascending order of columns, those of one column added; returns how many are left.
std::size_t sort_row(State* column, double* value, std::size_t entries, std::vector<std::pair<State, double>>& row) {
  bool ascending = true;
  for (std::size_t k = 1; k < entries; ++k) ascending = ascending && column[k - 1] < column[k];
  if (ascending) return entries;

  row.clear();
  for (std::size_t k = 0; k < entries; ++k) row.emplace_back(column[k], value[k]);
  std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (std::size_t k = 0; k < entries; ++k) {
    if (kept > 0 && column[kept - 1] == row[k].first) {
      value[kept - 1] += row[k].second;
      continue;
    }
    column[kept] = row[k].first;
    value[kept] = row[k].second;
    ++kept;
  }
  return kept;
}

void require_numbers_for(std::size_t rows) {
  if (rows > std::numeric_limits<State>::max())
    throw Error(fmt::format("a matrix of {} rows: state numbers have 32 bits", rows));
}

}  // namespace

void validate_row_starts(const Csr& matrix) {
  const std::size_t n = matrix.rows();
  require_numbers_for(n);
  const bool none = matrix.row_start.empty();
  if (none || matrix.row_start.front() != 0 || matrix.row_start.back() != matrix.entries() ||
      matrix.value.size() != matrix.entries())
    throw Error(fmt::format("a matrix's row starts, from {} to {}, do not match its {} columns and {} values",
                            none ? 0 : matrix.row_start.front(), none ? 0 : matrix.row_start.back(), matrix.entries(),
                            matrix.value.size()));
  // All of them before the first entry is read: a start that is too large would lead out of the matrix.
  for (std::size_t i = 0; i < n; ++i)
    if (matrix.row_start[i] > matrix.row_start[i + 1])
      throw Error(fmt::format("row {} of a matrix: row starts descend from {} to {}", i, matrix.row_start[i],
                              matrix.row_start[i + 1]));
}

void validate(const Csr& matrix) {
  validate_row_starts(matrix);
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) {
      const State j = matrix.column[k];
      if (j >= matrix.rows() || (k > matrix.row_start[i] && matrix.column[k - 1] >= j))
        throw Error(fmt::format("row {} of a matrix: column {} is out of range or out of order", i, j));
      if (!std::isfinite(matrix.value[k]))
        throw Error(fmt::format("row {}, column {} of a matrix: {} is not finite", i, j, matrix.value[k]));
    }
}

Csr to_csr(std::size_t rows, std::vector<Triplet>&& triplets, Checked checked) {
  if (checked == Checked::no) {
    require_numbers_for(rows);
    for (const auto& [row, column, value] : triplets)
      if (row >= rows || column >= rows || !std::isfinite(value))
        throw Error(fmt::format("row {}, column {} of a matrix of {} rows: {} is outside or not finite", row, column,
                                rows, value));
  }
  // Counting sort by row, then each row by itself: linear where rows are short.
  Csr matrix;
  matrix.row_start.assign(rows + 1, 0);
  for (const Triplet& t : triplets) ++matrix.row_start[t.row + std::size_t{1}];
  for (std::size_t i = 0; i < rows; ++i) matrix.row_start[i + 1] += matrix.row_start[i];
  matrix.column.resize(triplets.size());
  matrix.value.resize(triplets.size());
  {
    std::vector<std::uint64_t> next(matrix.row_start.begin(), matrix.row_start.end() - 1);
    for (const Triplet& t : triplets) {
      const std::uint64_t place = next[t.row]++;
      matrix.column[place] = t.column;
      matrix.value[place] = t.value;
    }
  }
  std::vector<Triplet>().swap(triplets);

  std::vector<std::pair<State, double>> row;
  std::uint64_t kept = 0;
  std::uint64_t row_begin = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t row_end = matrix.row_start[i + 1];
    const std::size_t entries =
        sort_row(matrix.column.data() + row_begin, matrix.value.data() + row_begin, row_end - row_begin, row);
    if (kept != row_begin) {
      const auto from = static_cast<std::ptrdiff_t>(row_begin);
      const auto to = static_cast<std::ptrdiff_t>(kept);
      std::copy_n(matrix.column.begin() + from, entries, matrix.column.begin() + to);
      std::copy_n(matrix.value.begin() + from, entries, matrix.value.begin() + to);
    }
    row_begin = row_end;
    kept += entries;
    matrix.row_start[i + 1] = kept;
  }
  matrix.column.resize(kept);
  matrix.value.resize(kept);
  return matrix;
}

Csr transpose(const Csr& matrix, Checked checked) {
  if (checked == Checked::no) validate(matrix);
  constexpr std::size_t worth_sharing = 4096;  // rows
  const std::size_t n = matrix.rows();
  const std::size_t room = std::max<std::size_t>(1, matrix.entries() / std::max<std::size_t>(1, n));  // as for columns
  const std::size_t blocks = n < worth_sharing ? 1 : std::min(block_count(n), room);
  std::vector<std::vector<State>> place(blocks);  // in each row of the result
  for_numbered_blocks(n, blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
    place[b].assign(n, 0);
    for (std::uint64_t k = matrix.row_start[first]; k < matrix.row_start[last]; ++k) ++place[b][matrix.column[k]];
  });
  Csr result;
  make_room(place, result);
  for_numbered_blocks(n, blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
    EntryWriter writer(result);
    for (std::size_t i = first; i < last; ++i)
      for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) {
        const State row = matrix.column[k];
        writer.add(result.row_start[row] + place[b][row]++, static_cast<State>(i), matrix.value[k]);
      }
  });
  return result;
}

}  // namespace steady
