// A chain as a matrix and nothing else: what the writers of such files share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <steady/model.hpp>

namespace steady::detail {

class MatrixOfChain {
 public:
  // Of a dtmc its probabilities; of a ctmc its generator or its rates with the self-loops on the diagonal. Automatic:
  // the generator, unless that would lose self-loops. Throws Error where the chain has no such matrix; `path` is what
  // the message calls it.
  MatrixOfChain(const std::string& path, const Model& model, MatrixContent asked);

  MatrixContent content() const { return content_; }
  std::size_t rows() const { return rates_.rows(); }
  std::uint64_t entries() const;
  // Calls use(column, value) for the entries of a row. A self-loop that a reader adds to a deadlock is none.
  template <class Use>
  void for_each_in_row(State i, Use use) const {
    const bool generator = content_ == MatrixContent::generator;
    if (generator && model_.chain.exit_rate[i] > 0) use(i, -model_.chain.exit_rate[i]);
    for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + std::size_t{1}]; ++k)
      if (const State j = rates_.column[k]; i != j || !left_out(i, rates_.value[k])) use(j, rates_.value[k]);
  }
  // Whether a reader that detects by row sums takes rates for something else.
  bool ambiguous() const;
  // A note of what a matrix cannot hold; none where it holds all.
  std::vector<std::string> notes() const;

 private:
  bool comes_back(State state, double rate) const;
  bool left_out(State state, double self_loop) const;

  const Model& model_;
  const Label* deadlock_;  // null where the chain has none
  MatrixContent content_;
  Csr rates_;  // row i holds what leaves state i
};

}  // namespace steady::detail
