#include <steady/starting_states.hpp>

#include "formats/base/block_sum.hpp"
#include "formats/base/larger.hpp"
#include "solver/structure/structure.hpp"
#include "solver/transient.hpp"

namespace steady {

using namespace detail;
namespace {

void require_valid(const Chain& chain, const Solution& solution, const Options& options) {
  check_options(options);
  validate(chain);
  require_one_entry_a_state(solution.conditional, chain, "solution for every starting state");
}

}  // namespace

struct StartingStates::Parts {
  Parts(const Chain& chain, const Solution& chosen, const Options& options, const Observer& observer)
      : solution(chosen),
        components(find_components(chain)),
        grouping(group_states(components)),
        transient(chain, components, grouping, options, observer) {}

  const Solution& solution;
  Components components;
  Grouping grouping;
  TransientPart transient;
};

StartingStates::StartingStates(const Chain& chain, const Solution& solution, const Options& options,
                               const Observer& observer, Checked checked) {
  if (checked == Checked::no) require_valid(chain, solution, options);
  parts_ = std::make_unique<Parts>(chain, solution, options, observer);
}

StartingStates::~StartingStates() = default;

std::vector<double> StartingStates::averages(const std::function<double(State)>& value) {
  std::vector<double> h(parts_->components.of.size(), 0.0);
  const Solution& solution = parts_->solution;
  for (const BottomComponent& part : solution.components) {
    const double average = sum_over_blocks<double>(part.states.size(), [&](std::size_t k, std::size_t last) {
      double block = 0;
      for (; k < last; ++k) block += solution.conditional[part.states[k]] * value(part.states[k]);
      return block;
    });
    for (const State i : part.states) h[i] = average;
  }
  const AbsorptionSolveInfo absorption = parts_->transient.expected_end(h);
  const double residual = larger(absorption.outcome.residual, absorption_.outcome.residual);
  const double seconds = absorption.seconds + absorption_.seconds;
  if (solved(absorption_.outcome.stop)) absorption_ = absorption;
  absorption_.outcome.residual = residual;
  absorption_.seconds = seconds;
  return h;
}

}  // namespace steady
