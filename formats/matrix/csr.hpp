// Compressed sparse rows: the exchange format, from which every other storage is built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace steady {

using State = std::uint32_t;  // a state's number; larger chains are refused

struct Csr {
  std::vector<std::uint64_t> row_start{0};  // rows + 1 offsets into column and value
  std::vector<State> column;                // ascending within a row, no duplicates
  std::vector<double> value;

  std::size_t rows() const { return row_start.size() - 1; }
  std::size_t entries() const { return column.size(); }
};

// One entry of a matrix in coordinate form.
struct Triplet {
  State row;
  State column;
  double value;
};

// Square matrix of `rows` rows from entries in any order; entries at the same place are added, in the
// order given. The triplets are consumed.
Csr to_csr(std::size_t rows, std::vector<Triplet>&& triplets);

// Rows to judge a large matrix by, in blocks of consecutive ones: one of sixteen blocks, and that with the longest row.
// None for a matrix that is not large, or has a row much longer than the others: no part of it stands for the whole.
std::optional<Csr> sample_of_rows(const Csr& matrix);

// Rows become columns; O(rows + entries), columns of the result ascending.
Csr transpose(const Csr& matrix);

}  // namespace steady
