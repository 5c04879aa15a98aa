// What the numbers of a matrix say of a chain: its generator, its rates or the probabilities of a step. What the
// formats that hold a matrix and nothing else share.
#pragma once

#include <optional>
#include <string>

#include "formats/model/model.hpp"
#include "formats/model/rate_errors.hpp"

namespace steady {

struct MatrixFile {
  Csr outgoing;                   // row i holds what leaves state i; only the diagonal may be negative
  std::string negative_diagonal;  // where its first negative entry is, for a message; empty where there is none
  RateErrors errors;              // of the rates from each state
  bool pattern = false;           // every entry is 1 and says nothing of what the matrix is
  // For messages: how the file calls what leaves a state, and its number of the first one.
  const char* row = "row";
  std::size_t first_row = 0;
};

// Sets the chain, with the labels "init" (state 0) and "deadlock", and adds notes. Without a kind a matrix is a
// generator if every row sums to 0 (within 1e-9 of its largest entry), probabilities if to 1 (within 1e-5), else rates;
// its diagonal then holds self-loops. Throws Error where a row does not fit.
void set_chain(const std::string& path, MatrixFile&& file, std::optional<Kind> kind, Model& model);

}  // namespace steady
