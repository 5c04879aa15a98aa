#include <steady/starting_states.hpp>

#include "formats/base/block_sum.hpp"
#include "formats/base/larger.hpp"

namespace steady {
namespace {

const Solution& checked_solution(const Chain& chain, const Solution& solution, const Options& options) {
  check_options(options);
  validate(chain);
  require_one_entry_a_state(solution.conditional, chain, "solution for every starting state");
  return solution;
}

}  // namespace

StartingStates::StartingStates(const Chain& chain, const Solution& solution, const Options& options,
                               const Observer& observer, Checked checked)
    : solution_(checked == Checked::no ? checked_solution(chain, solution, options) : solution),
      components_(find_components(chain)),
      grouping_(group_states(components_)),
      transient_(chain, components_, grouping_, options, observer) {}

std::vector<double> StartingStates::averages(const std::function<double(State)>& value) {
  std::vector<double> h(components_.of.size(), 0.0);
  for (const BottomComponent& part : solution_.components) {
    const double average = sum_over_blocks<double>(part.states.size(), [&](std::size_t k, std::size_t last) {
      double block = 0;
      for (; k < last; ++k) block += solution_.conditional[part.states[k]] * value(part.states[k]);
      return block;
    });
    for (const State i : part.states) h[i] = average;
  }
  const AbsorptionSolveInfo absorption = transient_.expected_end(h);
  const double residual = larger(absorption.outcome.residual, absorption_.outcome.residual);
  const double seconds = absorption.seconds + absorption_.seconds;
  if (solved(absorption_.outcome.stop)) absorption_ = absorption;
  absorption_.outcome.residual = residual;
  absorption_.seconds = seconds;
  return h;
}

}  // namespace steady
