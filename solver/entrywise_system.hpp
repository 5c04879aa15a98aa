// Linear systems of a chain whose solutions are to be right in every entry, however small.
//
// x M = b, M: minus the generator without row and column of a reference state. Gauss-Seidel sweeps only add, multiply
// and divide numbers that are not negative, so that each entry's relative error falls by itself, down to rounding.
// Where that takes long, corrections are found by BiCGStab (van der Vorst 1992), preconditioned from the right by a
// sweep, in units of about what flows out of each state, in which a rare state counts as much as any other.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "formats/matrix/rate_operator.hpp"
#include "formats/vectors/host.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

// The least of 2^600 that a double holds with all its digits.
inline constexpr double least_held = 0x1p-422;

class EntrywiseSystem {
 public:
  // `first`: the direction of sweeps that is likely to suit.
  EntrywiseSystem(const IrreducibleChain& chain, State reference, Direction first);

  // When x is good enough. Balanced: r = b - x M is at most 1e-13 x(i) q(i) in size wherever x(i) is least_held or
  // more. Majorised: x M >= 0.55 b in every entry.
  enum class StoppingCriterion { balanced, majorised };

  // What it may take: passes over the matrix, of which those made are subtracted. Asked while subnormal numbers may
  // count as 0.
  struct Budget {
    std::size_t passes = 0;
    std::function<bool()> interrupted = [] { return false; };

    bool spent() const { return passes == 0 || interrupted(); }
  };

  // Sweeps in both directions by turns until the criterion is met, which it returns, or the budget is spent. b and x:
  // one number a state, none negative; x: where it starts.
  bool sweep(const std::vector<double>& b, std::vector<double>& x, StoppingCriterion criterion, Budget& budget) const;

  // The same by corrections in units of scale(i) q(i), none where that is 0. `scale`: about proportional to the
  // solution; empty: x as it becomes. No correction takes an entry under 1e-4 of what it was.
  bool correct(const std::vector<double>& b, const std::vector<double>& scale, std::vector<double>& x,
               StoppingCriterion criterion, Budget& budget) const;

 private:
  void find_rest(const HostVector& b, const HostVector& x, HostVector& r) const;
  bool reached(const HostVector& b, const HostVector& x, HostVector& r, StoppingCriterion criterion) const;
  void sweep_once(Direction direction, const HostVector& b, HostVector& x, HostVector& right) const;
  void sweep_both_ways(const HostVector& b, HostVector& x, HostVector& right, Budget& budget) const;
  struct Correction;
  void step(Correction& c, const HostVector& v, HostVector& z, HostVector& w) const;
  void improve(Correction& c, Budget& budget) const;

  Direction first_;
  HostVector exit_;  // rate at each position; 0 in the reference
  std::unique_ptr<RateOperator<HostVector>> rows_;
};

}  // namespace steady::detail
