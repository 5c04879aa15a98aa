// The checker of relative bounds: what a proof rests on that holds for every state at once, however rare, together with
// interval.hpp, exact_exits.hpp and relative_proof.hpp. It shares nothing with the methods, and a wrong witness can
// only make it say no.
//
// The exact chain is that of checker.hpp. Its states are claimed to be in blocks: closed sets B, each with a reference
// j, and those outside, T, which are left at last. Q: the generator without the rates between blocks, which still count
// as leaving their state. p: a number a state, in each closed set in proportion to the long-run distribution pi, in T
// `start` times the expected time in the state. r = p Q + start a in T, a the initial distribution. The witness is a
// vector y >= 0, 0 in the references. With s = -y Q, if
//
//   s(i) > 0 and |r(i)| <= delta s(i)    for every state i of a block but the references,
//
// then every closed set has one pi, T is left at last, and with alpha = p(j)/pi(j) in each closed set
//
//   |p(i) - alpha pi(i)| <= delta y(i),  in T  |p(i) - start time(i)| <= delta y(i).
//
// Proof: A, minus Q without the references, has no positive entry off its diagonal, and y A = s > 0 with y >= 0: it is
// a nonsingular M-matrix, and its inverse is nonnegative. A closed subset without a reference would make it singular.
// x = p - alpha pi is 0 at j and x A = -r elsewhere, so |x| <= |r| A^-1 <= delta s A^-1 = delta y; in T the same.
//
// Where rates are only known within relative errors e, |r| is raised and s lowered by what they can change, and the
// same holds for every chain within them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/base/interval.hpp"
#include "solver/certify/exact_exits.hpp"
#include "solver/certify/relative_proof.hpp"

namespace steady::detail {

class RelativeChecker {
 public:
  // The chain must be valid (chain.hpp) and outlive the checker.
  explicit RelativeChecker(const Chain& chain);

  // Takes a claim and encloses its residual. Returns why nothing can be proven of it, or "".
  std::string accept(Proportions claim);

  // r of the claim accepted last, every entry enclosed; 0 where it does not matter.
  const std::vector<Interval>& residual() const { return residual_; }

  // At least |r(i)|, for every chain within the rate errors; at least the largest |r(i)| / (p(i) q(i)), q(i) the exit
  // rate, of the stored rates, in the closed sets, where p is `least` or more.
  double imbalance(std::size_t i) const;
  double relative_imbalance(double least) const;

  // s = -y Q in state i, enclosed, for the blocks of the claim that was accepted last.
  Interval slack(const Expansion& y, std::size_t i) const;

  // What is proven of that claim by the witness y.
  RelativeProof check(const Expansion& y) const;

 private:
  Interval flow(const Expansion& x, std::size_t i) const;
  template <class Sum>
  Interval flow_by(const Expansion& x, std::size_t i) const;
  double uncertainty(const Expansion& x, std::size_t i) const;
  std::string refute_blocks() const;
  bool matters(std::size_t i) const;
  double find_delta(const Expansion& y) const;
  void weigh(RelativeProof& proof) const;

  const Chain& chain_;
  std::vector<Exit> exit_;
  std::shared_ptr<const Proportions> claim_;
  std::vector<Interval> residual_;
};

}  // namespace steady::detail
