// SciPy's sparse matrices, .npz as scipy.sparse.save_npz writes them: how a Python user holds a chain.
//
// A zip, its files stored or deflated, of arrays of NumPy: format, shape, data, and those that place the data. Row i
// holds what leaves state i; what the matrix means is found as of a Matrix Market file.
#pragma once

#include <string>

#include <steady/model.hpp>

namespace steady::detail {

// Matrices of format coo, csr, csc, bsr and dia, of real and integer numbers; entries at one place are added, with a
// note. Rows are numbered from 0. Throws Error naming the file, the array and the value: other formats (with what to
// do), arrays that do not fit together, indices out of range, a rate that is negative or not finite, a row sum that
// does not fit.
Model read_npz(const std::string& path, std::string&& content, const ReadOptions& options);

}  // namespace steady::detail
