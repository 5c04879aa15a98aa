// Matrices as a Python user holds a chain: SciPy's sparse ones, .npz as scipy.sparse.save_npz writes them, and NumPy's,
// .npy as numpy.save does.
//
// A .npz is a zip, its files stored or deflated, of arrays of NumPy: format, shape, data, and those that place the
// data. Row i holds what leaves state i; what the matrix means is found as of a Matrix Market file.
#pragma once

#include <string>

#include <steady/model.hpp>

namespace steady::detail {

// Matrices of format coo, csr, csc, bsr and dia, of real and integer numbers; entries at one place are added, with a
// note. Rows are numbered from 0. Throws Error naming the file, the array and the value: other formats (with what to
// do), arrays that do not fit together, indices out of range, a rate that is negative or not finite, a row sum that
// does not fit.
Model read_npz(const std::string& path, std::string&& content, const ReadOptions& options);

// A matrix of two dimensions, of whole numbers, truth values or floating-point ones; zeros are no entries. Throws as
// read_npz().
Model read_npy_matrix(const std::string& path, std::string&& content, const ReadOptions& options);

}  // namespace steady::detail
