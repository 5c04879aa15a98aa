// What relative_checker.hpp has proven of a long run, and the bounds that follow from it: a part of what a proof rests
// on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <steady/chain.hpp>

#include "formats/base/interval.hpp"
#include "solver/certify/checker.hpp"

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
  // The masses and slacks of the sets, by the claim, delta and y. Returns why there are none, or "".
  std::string measure_sets();
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

// Why nothing is proven.
constexpr const char* left_the_range = "a number left the range of doubles";

// a + x, x from -slack to slack, none negative.
Interval widened(const Interval& a, double slack);

}  // namespace steady::detail
