/// @file
/// Compressed sparse rows: the exchange format, from which every other storage is built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace steady {

/// A state's number, from 0 on; larger chains are refused.
using State = std::uint32_t;

/// Of what a function is given: whether validate() or a reader has seen it, or the function has to look itself.
enum class Checked {
  no,  ///< the function validates its arguments
  yes  ///< the caller has; what a damaged argument does then is undefined
};

/// A sparse matrix of doubles, row by row.
struct Csr {
  std::vector<std::uint64_t> row_start{0};  ///< rows + 1 offsets into column and value, ascending from 0
  std::vector<State> column;                ///< of each entry: ascending within a row, no duplicates
  std::vector<double> value;                ///< of each entry

  /// Number of rows.
  std::size_t rows() const { return row_start.empty() ? 0 : row_start.size() - 1; }
  /// Number of stored entries.
  std::size_t entries() const { return column.size(); }
};

/// One entry of a matrix in coordinate form.
struct Triplet {
  State row;     ///< from 0 on
  State column;  ///< from 0 on
  double value;  ///< finite
};

/// How a solver stores a matrix on its device (docs/storage.md says what each is good for).
enum class Storage {
  automatic,  ///< what takes least memory of those that fit
  csr,        ///< compressed sparse rows
  ell,        ///< ELLPACK: every row as long as the longest
  sell,       ///< ELLPACK in slices (SELL-32-1: Kreutzer et al. 2014)
  hyb,        ///< ELLPACK for the usual row, coordinates for the rest (Bell and Garland 2009)
  packed,     ///< ELLPACK in slices with a table of the distinct rates
  mask        ///< one entry for all rows of a slice with the same rate from the same distance
};

/// The storage's name on the command line and in reports, such as "auto" or "csr". Throws Error for a value that is
/// none of the enumerators.
std::string_view name(Storage storage);

/// Throws Error, naming the row, unless row starts ascend from 0 to the number of entries.
void validate_row_starts(const Csr& matrix);

/// Throws Error as validate_row_starts(), and unless the matrix is square, columns ascend within each row, and every
/// value is finite; it names the row and the value.
void validate(const Csr& matrix);

/// Square matrix of `rows` rows from entries in any order; entries at the same place are added, in the order given. The
/// triplets are consumed. O(rows + entries). Throws Error for an entry outside the matrix or one that is not finite,
/// and for more rows than State can number.
Csr to_csr(std::size_t rows, std::vector<Triplet>&& triplets, Checked checked = Checked::no);

/// Rows become columns; O(rows + entries), columns of the result ascending. Throws Error as validate().
Csr transpose(const Csr& matrix, Checked checked = Checked::no);

}  // namespace steady
