// Elimination without subtractions (Grassmann, Taksar and Heyman 1985) of the states of a block, from which the chain
// goes outside: every entry of the inverse is relatively exact to the number's precision, however hard the chain is
// (Alfa, Xue and Ye 2002), as long as the numbers stay in its range.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include <steady/csr.hpp>

#include "solver/elimination/dense_factors.hpp"

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
      : factors_(block.size() + 1, rates(outflow, block, place)) {
    while (factors_.last() > 0) {
      if (factors_.last() % 16 == 0) look();
      factors_.censor();
    }
  }

  // Solves A x = b, A = minus the generator restricted to the block; b and x: one number a state of the block.
  std::vector<Number> solve_column(std::vector<Number> b) const {
    b.insert(b.begin(), Number(0));
    factors_.solve_column(b.data());
    b.erase(b.begin());
    return b;
  }

  // Solves x A = b.
  std::vector<Number> solve_row(std::vector<Number> b) const {
    b.insert(b.begin(), Number(0));
    factors_.solve_row(b.data());
    b.erase(b.begin());
    return b;
  }

 private:
  // Among the states of the block, from 1 on, and to the rest of the chain, 0.
  static std::vector<Number> rates(const Csr& outflow, const std::vector<State>& block, std::vector<State>& place) {
    const std::size_t n = block.size() + 1;
    std::vector<Number> rate(n * n);
    for (std::size_t i = 1; i < n; ++i) place[block[i - 1]] = static_cast<State>(i);
    for (std::size_t i = 1; i < n; ++i)
      for (std::uint64_t k = outflow.row_start[block[i - 1]]; k < outflow.row_start[block[i - 1] + std::size_t{1}]; ++k)
        rate[i * n + place[outflow.column[k]]] += outflow.value[k];
    for (const State state : block) place[state] = 0;
    return rate;
  }

  DenseFactors<Number> factors_;
};

}  // namespace steady
