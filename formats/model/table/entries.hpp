// The entries of a table, from either layout.
#pragma once

#include <cstdint>

#include <steady/model.hpp>

#include "formats/model/matrix_kind.hpp"
#include "formats/model/table/shape.hpp"

namespace steady::detail::table {

// What a table says, row by row; sources and targets as it has them.
class Entries {
 public:
  Entries(const Table& table, const ReadOptions& options) : table_(table), errors_(options.rate_errors) {}

  // Of the line where `at` stands. Throws Error for a negative number beside the diagonal.
  void add(const DelimitedLines& at, State from, State to, std::string_view cell);
  // States are numbered anew.
  void renumber(const std::vector<State>& number);
  std::size_t count() const { return triplets_.size(); }

  // The matrix, with a note of entries at one place, which are added.
  MatrixFile matrix(std::size_t states, std::vector<std::string>& notes) &&;

 private:
  const Table& table_;
  std::vector<Triplet> triplets_;
  std::vector<double> cell_errors_;  // of each, where they are wanted
  RateErrors errors_;
  std::string negative_diagonal_;
};

// Throws Error for what is no list of transitions.
MatrixFile read_edges(const Table& table, const EdgeColumns& columns, const ReadOptions& options,
                      std::vector<std::string>& notes);

// Throws Error for what is no square matrix.
MatrixFile read_matrix(const Table& table, const MatrixColumns& columns, const ReadOptions& options,
                       std::vector<std::string>& notes);

}  // namespace steady::detail::table
