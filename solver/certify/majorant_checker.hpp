// The checker of proofs by a majorant of the error: what such a proof rests on, together with exact_exits.hpp and
// formats/base/interval.hpp. It shares nothing with the methods, and a wrong witness can only make it say no.
//
// The exact chain is that of checker.hpp, its rates known exactly. p >= 0: a number a state; j: a state with p(j) > 0;
// r = p Q. The witness is a vector y >= 0, 0 in j. With s = -y Q, if
//
//   s(i) > 0 and |r(i)| <= delta s(i)    for every state i but j,
//
// then the chain has one bottom component, j is in it, and with alpha = p(j)/pi(j) and m the mass of p
//
//   |p(i) - alpha pi(i)| <= delta y(i),   so that   max over sets A of |p(A)/m - pi(A)| <= delta (y . 1) / m:
//
// the first as in relative_checker.hpp; the second is half the sum of all |p(i)/m - pi(i)|, which is at most that of
// |p(i) - alpha pi(i)| / m and |m - alpha| / m, each no more than delta (y . 1) / m.
#pragma once

#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/base/interval.hpp"
#include "solver/certify/exact_exits.hpp"

namespace steady::detail {

struct MajorantProof {
  bool holds = false;
  double total_variation = INFINITY;  // max over sets A of |p(A)/m - pi(A)|
  Interval mass;                      // m
  std::string reason;                 // why it does not hold
};

class MajorantChecker {
 public:
  // The chain must be valid (chain.hpp), without rate errors, and outlive the checker.
  explicit MajorantChecker(const Chain& chain) : chain_(chain), exits_(exact_exits(chain.inflow)) {}

  // At least |r(i)| of every state i; not a number where a number left the range of doubles.
  std::vector<double> imbalance(const std::vector<double>& p) const;

  // What is proven of p, whose imbalance() is given, by the witness y and the state j.
  MajorantProof check(const std::vector<double>& p, const std::vector<double>& imbalance, const std::vector<double>& y,
                      State j) const;

 private:
  const Chain& chain_;
  std::vector<Exit> exits_;
};

}  // namespace steady::detail
