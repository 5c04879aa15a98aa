// The expected time in each state until a target is reached, from the initial distribution: what turns a change of
// rates and rewards anywhere into the change of an expected total, by one solve for all of them.
//
// A: minus the generator on the states from which the target is reached for certain, a: the initial distribution there.
// y A = a gives the times y, and for what is earned, w, the expected total a A^-1 w = y w. Of y as computed, with
// r = a - y A,
//
//   a A^-1 w = y w + r A^-1 w,   |r A^-1 w| <= sum over s of |r(s)| t(s) max |w|
//
// where t(s) is at least the expected time from s until the target.
#pragma once

#include <vector>

#include <steady/iteration.hpp>
#include <steady/options.hpp>

#include "solver/certify/varied_value.hpp"

namespace steady::detail {

class Visits {
 public:
  // The chain must be valid.
  Visits(const Chain& chain, const std::vector<bool>& target, const Options& options, const Observer& observer);

  // Whether the state can be reached before the target, and the target from it for certain.
  bool reach(State s) const { return reached_[s]; }

  // y w, of w in the states that can be reached. `longest`: t; empty where nothing is known of it.
  EnclosedNumber total(const std::vector<EnclosedNumber>& w, const std::vector<double>& longest) const;

  // Why the solve ended.
  Stop stop() const { return stop_; }

 private:
  std::vector<bool> reached_;
  std::vector<double> time_;  // y
  std::vector<double> rest_;  // at least |r|
  Interval mass_;             // of all that a is a part of
  Stop stop_;
};

}  // namespace steady::detail
