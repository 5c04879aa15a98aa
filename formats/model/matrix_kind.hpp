// What the numbers of a matrix say of a chain: its generator, its rates or the probabilities of a step. What the
// formats that hold a matrix and nothing else share.
#pragma once

#include <string>

#include <steady/model.hpp>

#include "formats/chain/rate_errors.hpp"

namespace steady::detail {

struct MatrixFile {
  Csr outgoing;                    // row i holds what leaves state i; only the diagonal may be negative
  std::string negative_diagonal;   // where its first negative entry is, for a message; empty where there is none
  RateErrors errors;               // of the rates from each state
  bool pattern = false;            // every entry is 1 and says nothing of what the matrix is
  bool transposed = false;         // what leaves a state is a column of the file
  std::size_t first_row = 0;       // the file's number of the first state
  std::vector<std::string> names;  // of the states; empty where they have none
};

// Sets the chain, with the labels "init" (state 0) and "deadlock", and adds notes. Without a kind a matrix is a
// generator if every row sums to 0 (within 1e-9 of its largest entry), probabilities if to 1 (within 1e-5), else rates;
// its diagonal then holds self-loops. A generator whose rows sum to 0 only nearly is one by --kind ctmc: its diagonal
// is not taken. Throws Error where a row does not fit, where the columns fit and the rows do not, and where rows sum to
// 1 so nearly (within 1e-2) that they are hardly rates, unless the options say what they are.
void set_chain(const std::string& path, MatrixFile&& file, const ReadOptions& options, Model& model);

}  // namespace steady::detail
