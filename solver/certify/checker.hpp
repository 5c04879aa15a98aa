// The checker: what a proof of an error bound rests on, together with formats/base/interval.hpp, exact_exits.hpp and
// transpose().
//
// It is given a vector p and witnesses that may come from anywhere, checks them in outward-rounded arithmetic and says
// how far p can be from the chain's exact long-run distribution. It shares nothing with the methods, and a wrong
// witness can only make it say no. papers/certificate/README.md has the theorem and its proof.
//
// The exact chain: the stored rates (or probabilities) to other states, read as the real numbers that the doubles are;
// the diagonal is minus their exact sum. Where the chain has rate errors, a proof holds for every chain whose rates are
// within them. The exact initial distribution: the stored one over its exact sum.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/base/interval.hpp"
#include "solver/certify/exact_exits.hpp"

namespace steady::detail {

// A vector that is the exact, unevaluated sum of vectors of doubles: [part][state].
using Expansion = std::vector<std::vector<double>>;

constexpr State no_component = static_cast<State>(-1);

// The states in which the chain stays in the long run, as claimed.
struct LongRun {
  std::vector<State> component;  // of each state: the closed set that it is in, 0, 1, ...; no_component: left, or never
                                 // reached
  std::vector<State> reference;  // one state of each closed set
};

struct Witness {
  Expansion distribution;   // p, of any sign, positive mass; 0 outside the closed sets
  Expansion hitting_times;  // h: about the expected time from each state to its reference; 0 there
  Expansion
      visiting_times;  // y: about the expected time in each state outside the closed sets; none where there is one set
};

struct Proof {
  bool holds = false;
  // max over sets A of |p(A)/m - pi(A)|, m the mass of p, pi the exact long-run distribution.
  double total_variation = INFINITY;
  Interval mass;                   // m
  std::vector<Interval> residual;  // p Q, every entry enclosed
  std::string reason;              // why it does not hold
};

class Checker {
 public:
  // The chain must be valid (chain.hpp) and outlive the checker.
  explicit Checker(const Chain& chain);

  // Checks what does not depend on p, once for any number of p. Returns why nothing can be proven with it, or "".
  std::string accept(LongRun sets, Expansion hitting_times, Expansion visiting_times);

  // How far p is, by the witnesses that were accepted last.
  Proof check(const Expansion& p) const;

  // Both at once.
  Proof check(const LongRun& sets, const Witness& witness);

  // x Q, every entry enclosed.
  std::vector<Interval> row_product(const Expansion& x) const { return product(chain_.inflow, x); }

  // Q x
  std::vector<Interval> column_product(const Expansion& x) const { return product(outflow_, x); }

  const Csr& outflow() const { return outflow_; }  // row i: the rates from state i
  const Expansion& hitting_times() const { return hitting_times_; }

 private:
  std::vector<Interval> product(const Csr& rows, const Expansion& x) const;
  template <class Sum>
  Interval entry(const Csr& rows, std::size_t i, const Expansion& x) const;
  std::string refute_sets(const Expansion& visiting_times) const;
  std::string refute_rates() const;
  template <class Size>
  double outflow_of(std::size_t i, Size size) const;
  void find_drift();
  void find_sensitivity(const std::vector<Interval>& h, const std::vector<Interval>& qh);
  void weigh(const Expansion& visiting_times);
  double outside_slack(const Expansion& visiting_times) const;
  double rate_slack(const Expansion& p, const Interval& mass) const;
  Interval weight_error(const Expansion& p, const Interval& mass) const;

  const Chain& chain_;
  Csr outflow_;
  std::vector<Exit> exits_;
  LongRun sets_;
  Expansion hitting_times_;
  double drift_ = 0;               // s; 0 while nothing is accepted
  std::vector<Interval> weights_;  // of the sets, where there are several, but for an error of weight_slack_
  Interval weight_slack_;
  // Where the chain has rate errors: what those of the rates from a state in a closed set can add to the bound, over
  // the state's probability; what those from the states outside can add.
  std::vector<double> sensitivity_;
  double outside_slack_ = 0;
};

// x(i), enclosed.
Interval entry_of(const Expansion& x, std::size_t i);

// The sum of x, enclosed.
Interval mass_of(const Expansion& x);

// max over sets A of |q(A) - p(A)/m|, enclosed.
Interval distance(const std::vector<double>& q, const Expansion& p, const Interval& m);

// The sum of f(i) p(i)/m, enclosed; f must be safe to call from several threads.
Interval expectation(const std::function<double(State)>& f, const Expansion& p, const Interval& m);

}  // namespace steady::detail
