// Gaussian elimination of a dense generator without subtractions, whatever its rates.
//
// The factors are doubles as long as these are in their range. Between two states that only a wide barrier joins,
// elimination makes rates of 1e-400 and less, which are what their probabilities depend on: from where doubles end it
// goes on in numbers of extended range, at several times the cost.
#pragma once

#include <cstddef>
#include <functional>
#include <variant>
#include <vector>

#include "formats/base/extended_range.hpp"
#include "solver/elimination/dense_factors.hpp"

namespace steady {

class Elimination {
 public:
  // `rate`: n x n, entry i n + j of i -> j; the diagonal is never read. Stops early, not done(), if `stop` says so.
  Elimination(
      std::size_t n, std::vector<double>&& rate, const std::function<bool()>& stop = [] { return false; });

  bool done() const { return done_; }
  std::size_t size() const;

  // The stationary distribution, summing to 1, every entry relatively exact. The chain is irreducible.
  std::vector<double> stationary() const;

  // Solves d (D - R) = b, b summing to 0, for the d with d(0) = 0; d takes b's place.
  void solve(double* b) const;

  // The systems of all states but 0, from which the chain never comes back, as DenseFactors has them: b is of size
  // n, b(0) = 0. For b >= 0 every entry is relatively exact.
  void solve_row(std::vector<ExtendedRange>& b) const;
  void solve_column(std::vector<ExtendedRange>& b) const;

 private:
  std::variant<DenseFactors<double>, DenseFactors<ExtendedRange>> factors_;
  bool done_ = true;
};

}  // namespace steady
