// The checker of expected totals until a target is reached: what their bounds rest on, together with checker.hpp's
// products and interval.hpp. A wrong witness can only make it say no.
//
// U: states outside the target that lead to nothing but U and the target. A = -Q on U, r what is earned a unit of time,
// x the exact totals, A x = r. The witness is w >= 0 with A w > 0 in every state of U. Then for every h
//
//   |h - x| <= delta w    with delta the largest |(A h - r)(i)| / (A w)(i).
//
// Proof: A has no positive entry off its diagonal, and w >= 0 with A w > 0: it is a nonsingular M-matrix, and its
// inverse is nonnegative. So the target is reached with probability 1, x = A^-1 r, and
// |h - x| = |A^-1 (A h - r)| <= A^-1 |A h - r| <= delta A^-1 A w. Where rates are only known within relative errors,
// |A h - r| is raised and A w lowered by what they can change, and the same holds for every chain within them.
#pragma once

#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "solver/certify/checker.hpp"

namespace steady::detail {

class PassageChecker {
 public:
  // `inside`: the claimed U. The chain must be valid, and all must outlive the checker.
  PassageChecker(const Chain& chain, const std::vector<bool>& target, const std::vector<bool>& inside)
      : chain_(chain), target_(target), inside_(inside), checker_(chain) {}

  // Takes w, which is 0 outside U. Returns why nothing can be proven with it, or "".
  std::string accept(const Expansion& w);

  // delta for h, which is 0 outside U, by the w that was accepted last; `product`: column_product(h). Not finite:
  // nothing is proven.
  double check(const Expansion& h, const std::vector<Interval>& product, const std::vector<double>& earned) const;

  // At most A w, in every state of U, of the w that was accepted last: the target is reached in w / drift() at most.
  double drift() const;

  const Csr& outflow() const { return checker_.outflow(); }  // row i: the rates from state i

  // Q x
  std::vector<Interval> column_product(const Expansion& x) const { return checker_.column_product(x); }

 private:
  double uncertainty(const Expansion& x, std::size_t i) const;

  const Chain& chain_;
  const std::vector<bool>&target_, &inside_;
  const Checker checker_;
  std::vector<double> least_;  // of A w, at least
};

}  // namespace steady::detail
