// Matrix Market coordinate files (Boisvert, Pozo, Remington, Barrett, Dongarra 1997): a chain as a matrix, .mtx.
//
// Row i holds what leaves state i - 1, states counted from 0. The matrix is a generator, rates (its diagonal then holds
// self-loops) or the probabilities of a step: by options.kind, else by the row sums.
#pragma once

#include <string>

#include <steady/model.hpp>

#include "formats/io/file.hpp"

namespace steady::detail {

// Formats coordinate and array (dense); real, integer, unsigned and pattern fields, complex of imaginary parts 0;
// general and symmetric; with options.transposed column i holds what leaves state i. Entries at one place are added,
// with a note. A state that nothing leaves gets a self-loop of rate 1 and the label "deadlock", as PRISM does; state 0
// is initial. Error names file, line and value: anything but `rows columns entries` and that many lines, a negative
// rate, a row sum that does not fit.
Model read_matrix_market(const std::string& path, std::string&& text, const ReadOptions& options);

// One general real matrix: of a dtmc its probabilities; of a ctmc, by options.matrix, its generator or its rates with
// the self-loops on the diagonal. Automatic: the generator, unless that would lose self-loops. The notes name what a
// matrix cannot hold.
std::vector<std::string> write_matrix_market(const std::string& path, const Model& model, const WriteOptions& options,
                                             ReplacedFiles& files);

}  // namespace steady::detail
