// How an expected total until a target is reached, from the initial distribution, changes with the constants of a
// model.
//
// A: minus the generator Q on the states from which the target is reached for certain, f what is earned there a unit of
// time, h the expected totals: A h = f. A derivative ' by a constant: A h' = f' + Q' h, and with the initial
// distribution a, which does not change, a h' = a A^-1 (f' + Q' h): visits.hpp gives it for all constants and totals
// that have the target.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "solver/certify/passages.hpp"
#include "solver/certify/varied_value.hpp"
#include "solver/certify/visits.hpp"

namespace steady::detail {

class PassageSensitivity {
 public:
  // `passages`: of the leaves, from the initial distribution. `provable`: whether anything is to be proven. `left`: the
  // options, with what is left of the time limit. All must outlive this.
  PassageSensitivity(const Model& model, const Passages& passages, bool provable, const std::function<Options()>& left,
                     const Observer& observer)
      : model_(model), passages_(passages), provable_(provable), left_(left), observer_(observer) {}

  // Not numbers where the total is infinite or unknown. Throws Error where a rate that is 0 would lead to states from
  // which the target may not be reached.
  VariedValue of(const Query& leaf);

  // Why the last of the linear systems that were not solved stopped.
  Stop stop() const { return stop_; }

 private:
  const Visits& visits_until(const std::vector<bool>& target);
  std::vector<EnclosedNumber> changes(const Derivative& by, const Query& leaf, const std::vector<EnclosedNumber>& total,
                                      const Visits& visits) const;

  const Model& model_;
  const Passages& passages_;
  bool provable_;
  const std::function<Options()>& left_;
  const Observer& observer_;
  std::map<std::vector<bool>, Visits> visits_;  // by target
  Stop stop_ = Stop::converged;
};

}  // namespace steady::detail
