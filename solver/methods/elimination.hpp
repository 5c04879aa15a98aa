// Gaussian elimination of a dense generator without subtractions (Grassmann, Taksar and Heyman 1985).
//
// The last state is censored again and again: what flows through it is shared out among the states before it. The
// factors give the stationary distribution, and the solutions of systems with the generator's matrix.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace steady {

class Elimination {
 public:
  // `rate`: n x n, entry i n + j of i -> j; the diagonal is never read. Stops early, not done(), if `stop` says so.
  Elimination(
      std::size_t n, std::vector<double>&& rate, const std::function<bool()>& stop = [] { return false; });

  bool done() const { return done_; }
  std::size_t size() const { return exit_.size(); }

  // The stationary distribution, summing to 1, every entry relatively exact. The chain is irreducible.
  std::vector<double> stationary() const;

  // Solves d (D - R) = b, b summing to 0, for the d with d(0) = 0; d takes b's place.
  void solve(double* b) const;

 private:
  std::vector<double>
      rate_;  // below the diagonal: rates from a state when it was the last; above: to it, over its exit rate
  std::vector<double> exit_;  // of each state when it was the last
  bool done_ = true;
};

}  // namespace steady
