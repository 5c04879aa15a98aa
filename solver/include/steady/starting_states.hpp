// The long run from every state as a starting state.
//
// From a state of a bottom component it is that component's; from a transient state an average of the components' with
// the probabilities of ending in each, which one linear system gives for all starting states (solver/transient.hpp).
#pragma once

#include <functional>
#include <vector>

#include <steady/solve.hpp>

namespace steady {

class StartingStates {
 public:
  // The solution must be of solve() with Starts::every. It and the chain must outlive this. Throws Error for an unknown
  // option value, as validate() of the chain, and for a solution of another size or of the initial distribution alone.
  StartingStates(const Chain& chain, const Solution& solution, const Options& options, const Observer& observer,
                 Checked checked = Checked::no);

  // The long-run average of a function of the state, from each starting state.
  std::vector<double> averages(const std::function<double(State)>& value);

  // How the systems so far were solved: the worst of them.
  const AbsorptionSolveInfo& absorption() const { return absorption_; }

 private:
  const Solution& solution_;
  Components components_;
  Grouping grouping_;
  TransientPart transient_;
  AbsorptionSolveInfo absorption_;
};

}  // namespace steady
