// A chain from a matrix that lies in arrays, as SciPy's, instead of a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <steady/model.hpp>

namespace steady::detail {

// Compressed lines of a square matrix, in whatever numbers the caller has; columns within a line in any order, entries
// at the same place are added.
template <class Start, class Index>
struct MatrixArrays {
  std::span<const Start> start;    // lines + 1 offsets into index and value
  std::span<const Index> index;    // of each entry: its place in the line
  std::span<const double> value;   // of each entry
  bool lines_are_columns = false;  // of the matrix; else they are its rows
};

// The model of this matrix, detected and checked as a matrix file is; `name`: what messages call it. Row i holds what
// leaves state i, or by options.transposed what flows into it. Of the options those of matrices count. Throws Error,
// naming row and column from 0 on, for what is no chain, and cause machine where memory is missing.
template <class Start, class Index>
Model model_of(const MatrixArrays<Start, Index>& arrays, const std::string& name, const ReadOptions& options);

extern template Model model_of(const MatrixArrays<std::int32_t, std::int32_t>&, const std::string&, const ReadOptions&);
extern template Model model_of(const MatrixArrays<std::int64_t, std::int64_t>&, const std::string&, const ReadOptions&);
extern template Model model_of(const MatrixArrays<std::uint64_t, State>&, const std::string&, const ReadOptions&);

}  // namespace steady::detail
