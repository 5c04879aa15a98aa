// The checker of relative bounds: what a proof rests on that holds for every state at once, however rare, together with
// interval.hpp and exact_exits.hpp. It shares nothing with the methods, and a wrong witness can only make it say no.
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

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/base/interval.hpp"
#include "solver/certify/checker.hpp"
#include "solver/certify/exact_exits.hpp"

namespace steady::detail {

// What is claimed of a chain's long run, up to a factor in each closed set.
struct Proportions {
  // Of each state: its closed set 0, 1, ...; reference.size() for T; no_component: never reached.
  std::vector<State> block;
  std::vector<State> reference;  // one state of each closed set
  Expansion p;                   // one number a state
  double start = 1;              // the factor of the times in T, which are asked for where there are several sets
};

class RelativeProof {
 public:
  RelativeProof() = default;
  explicit RelativeProof(std::string why_not) : reason_(std::move(why_not)) {}

  bool holds() const { return claim_ != nullptr; }
  const std::string& reason() const { return reason_; }                       // why it does not hold
  const std::vector<State>& references() const { return claim_->reference; }  // where it holds: one of each closed set

  // All values that the sum of pi(i) f(i) can have. f must be safe to call from several threads, and is not asked for
  // states that the long run does not know. Not finite where a number left the range of doubles, or where the calling
  // thread or another one does not round as it should. The proof must hold.
  Interval bounds(const std::function<double(State)>& f) const;
  Interval bounds(State state) const;  // of pi(state)

  // pi, every entry in the middle of its bounds; where rates are known within errors, what was claimed, normalised. And
  // how far a distribution can be from pi in total variation.
  std::vector<double> distribution() const;
  double total_variation(const std::vector<double>& distribution) const;

  // The largest relative error that an entry of distribution() can have, of any state that is no less likely than a
  // double can say.
  double error() const;

 private:
  friend class RelativeChecker;
  struct Set {                  // a closed one
    Interval mass;              // of p
    double slack = 0;           // at least delta times the mass of y
    Interval weight{1.0};       // probability to end in it
    double claimed_weight = 1;  // that by what is claimed and the stored rates

    double least() const { return add_down(mass.low, -slack); }  // of alpha
    double most() const { return add_up(mass.high, slack); }
  };
  struct Group;  // sums over some states of a closed set
  struct Sums;   // over all of them
  std::vector<Sums> sums_of(const std::function<double(State)>& f) const;
  Interval sound_bounds(State state) const;  // where this thread's arithmetic is
  double value(State state) const;           // of distribution()
  Interval share(const Group& group, const Group& others, const Set& set) const;

  std::shared_ptr<const Proportions> claim_;  // null: nothing is proven
  std::vector<double> y_;                     // at least that
  double delta_ = 0;
  bool known_rates_ = true;
  std::vector<Set> sets_;
  std::string reason_ = "nothing was tried";
};

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
