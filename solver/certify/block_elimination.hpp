// Elimination without subtractions (Grassmann, Taksar and Heyman 1985) of the states of a block, from which the chain
// goes outside: every entry of the inverse is relatively exact to the number's precision, however hard the chain is
// (Alfa, Xue and Ye 2002). Dense: n^2 numbers, n^3 / 3 multiplications, n the states of the block.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "formats/matrix/csr.hpp"

namespace steady {

template <class Number>
class BlockElimination {
 public:
  // `block`: the states; row i of `outflow` holds the rates from state i. From every state of the block the rest of
  // the chain must be reached. `place`: work space, one a state of the chain, all 0 before and after. `look` is called
  // now and then, and may throw.
  BlockElimination(
      const Csr& outflow, const std::vector<State>& block, std::vector<State>& place,
      const std::function<void()>& look = [] {})
      : n_(block.size() + 1), rate_(n_ * n_), exit_(n_) {
    for (std::size_t i = 1; i < n_; ++i) place[block[i - 1]] = static_cast<State>(i);
    for (std::size_t i = 1; i < n_; ++i)
      for (std::uint64_t k = outflow.row_start[block[i - 1]]; k < outflow.row_start[block[i - 1] + std::size_t{1}]; ++k)
        at(i, place[outflow.column[k]]) += outflow.value[k];
    for (const State state : block) place[state] = 0;
    eliminate(look);
  }

  // Solves A x = b, A = minus the generator restricted to the block; b and x: one number a state of the block.
  std::vector<Number> solve_column(const std::vector<Number>& b) const {
    std::vector<Number> x(n_);
    for (std::size_t i = 1; i < n_; ++i) x[i] = b[i - 1];
    for (std::size_t k = n_ - 1; k > 0; --k)
      for (std::size_t i = 1; i < k; ++i) x[i] += at(i, k) * x[k];
    for (std::size_t k = 1; k < n_; ++k) {
      for (std::size_t j = 1; j < k; ++j) x[k] += at(k, j) * x[j];
      x[k] /= exit_[k];
    }
    x.erase(x.begin());
    return x;
  }

  // Solves x A = b.
  std::vector<Number> solve_row(const std::vector<Number>& b) const {
    std::vector<Number> x(n_);
    for (std::size_t i = 1; i < n_; ++i) x[i] = b[i - 1];
    for (std::size_t k = n_ - 1; k > 0; --k) {
      x[k] /= exit_[k];
      for (std::size_t j = 1; j < k; ++j) x[j] += x[k] * at(k, j);
    }
    for (std::size_t k = 2; k < n_; ++k)
      for (std::size_t i = 1; i < k; ++i) x[k] += x[i] * at(i, k);
    x.erase(x.begin());
    return x;
  }

 private:
  Number& at(std::size_t i, std::size_t j) { return rate_[i * n_ + j]; }
  const Number& at(std::size_t i, std::size_t j) const { return rate_[i * n_ + j]; }

  // Censors the last state again and again; 0 is the rest of the chain. Left are, for i < k, the probability to go
  // from i to k at the next step among 0..k-1 and k, at (i, k) over the exit rate of k; and the rates at (k, i).
  void eliminate(const std::function<void()>& look) {
    for (std::size_t k = n_ - 1; k > 0; --k) {
      if (k % 16 == 0) look();
      Number& exit = exit_[k];
      for (std::size_t j = 0; j < k; ++j) exit += at(k, j);
#pragma omp parallel for schedule(static) if (k > 200)
      for (std::size_t i = 1; i < k; ++i) {
        if (at(i, k) == 0) continue;
        at(i, k) /= exit;
        for (std::size_t j = 0; j < k; ++j) at(i, j) += at(i, k) * at(k, j);  // the diagonal is never read
      }
    }
  }

  std::size_t n_;
  std::vector<Number> rate_;
  std::vector<Number> exit_;
};

}  // namespace steady
