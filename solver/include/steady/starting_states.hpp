/// @file
/// The long run from every state as a starting state.
///
/// From a state of a bottom component it is that component's; from a transient state an average of the components' with
/// the probabilities of ending in each, which one linear system gives for all starting states (Kemeny and Snell 1960,
/// chapter 3).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <steady/solve.hpp>

namespace steady {

/// Long-run averages from each starting state.
class StartingStates {
 public:
  /// The solution must be of solve() with Starts::every. It and the chain must outlive this. Throws Error as
  /// check_options(), as validate() of the chain, and for a solution of another size or of the initial distribution
  /// alone.
  StartingStates(const Chain& chain, const Solution& solution, const Options& options, const Observer& observer,
                 Checked checked = Checked::no);
  ~StartingStates();

  /// The long-run average of a function of the state from each starting state: one number a state of the chain.
  std::vector<double> averages(const std::function<double(State)>& value);

  /// How the systems so far were solved: the worst of them.
  const AbsorptionSolveInfo& absorption() const { return absorption_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  AbsorptionSolveInfo absorption_;
};

}  // namespace steady
