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
#include "solver/elimination/gth_factors.hpp"

namespace steady::detail {

inline constexpr std::size_t dense_limit = 500;            // states, up to which it is the fastest way: under 50 ms
inline constexpr std::size_t dense_fallback_limit = 2000;  // ... where iteration fails

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

  // The systems of all states but 0, from which the chain never comes back, as GthFactors has them: a number for each
  // of these states. For b >= 0 every entry is relatively exact.
  std::vector<ExtendedRange> solve_row(std::vector<ExtendedRange> b) const;
  std::vector<ExtendedRange> solve_column(std::vector<ExtendedRange> b) const;

 private:
  std::variant<GthFactors<double>, GthFactors<ExtendedRange>> factors_;
  bool done_ = true;
};

}  // namespace steady::detail
