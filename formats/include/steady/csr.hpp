// Compressed sparse rows: the exchange format, from which every other storage is built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace steady {

using State = std::uint32_t;  // a state's number; larger chains are refused

// Of what a function is given: whether validate() or a reader has seen it, or the function has to look itself.
enum class Checked { no, yes };

struct Csr {
  std::vector<std::uint64_t> row_start{0};  // rows + 1 offsets into column and value
  std::vector<State> column;                // ascending within a row, no duplicates
  std::vector<double> value;

  std::size_t rows() const { return row_start.empty() ? 0 : row_start.size() - 1; }
  std::size_t entries() const { return column.size(); }
};

// One entry of a matrix in coordinate form.
struct Triplet {
  State row;
  State column;
  double value;
};

// Throw Error, naming the row and the value, unless row starts ascend from 0 to the number of entries; and unless the
// matrix is square, columns ascend within each row, and every value is finite.
void validate_row_starts(const Csr& matrix);
void validate(const Csr& matrix);

// Square matrix of `rows` rows from entries in any order; entries at the same place are added, in the
// order given. The triplets are consumed. Throws Error for an entry outside the matrix or one that is not finite.
Csr to_csr(std::size_t rows, std::vector<Triplet>&& triplets, Checked checked = Checked::no);

// Rows to judge a large matrix by, in blocks of consecutive ones: one of sixteen blocks, and that with the longest row.
// None for a matrix that is not large, or has a row much longer than the others: no part of it stands for the whole.
std::optional<Csr> sample_of_rows(const Csr& matrix);

// Rows become columns; O(rows + entries), columns of the result ascending. Throws Error as validate().
Csr transpose(const Csr& matrix, Checked checked = Checked::no);

}  // namespace steady
