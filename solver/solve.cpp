#include "solver/solve.hpp"

#include <omp.h>

#include <cmath>

#include "formats/error.hpp"
#include "solver/components.hpp"
#include "solver/stopwatch.hpp"
#include "solver/thread_count.hpp"

namespace steady {
namespace {

// The numbers of the bottom components that are wanted.
std::vector<State> bottom_components(const Components& components, Starts starts) {
  std::vector<State> wanted;
  for (std::size_t c = 0; c < components.count; ++c)
    if (components.bottom[c] && (components.reachable[c] || starts == Starts::every))
      wanted.push_back(static_cast<State>(c));
  return wanted;
}

// The probability of ending in each of the wanted components: what starts there, and what flows in from the transient
// states while the chain is in them. They sum to 1, which takes the rounding of a long stay out of them.
void find_weights(const Chain& chain, const Components& components, const std::vector<State>& wanted,
                  const std::vector<double>& time, std::vector<BottomComponent>& parts) {
  const Csr& in = chain.inflow;
  std::vector<double> arriving(components.count, 0.0);
  for (const auto& [state, probability] : chain.initial)
    if (components.bottom[components.of[state]]) arriving[components.of[state]] += probability;
  double total = 0;
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    double& weight = parts[k].weight = arriving[wanted[k]];
    for (const State i : parts[k].states)
      for (std::uint64_t e = in.row_start[i]; e < in.row_start[i + std::size_t{1}]; ++e)
        if (components.of[in.column[e]] != wanted[k]) weight += time[in.column[e]] * in.value[e];
    total += weight;
  }
  for (BottomComponent& part : parts) part.weight /= total;
}

}  // namespace

double true_residual(const Chain& chain, const std::vector<double>& distribution, Checked checked) {
  if (checked == Checked::no) {
    validate(chain);
    require_one_entry_a_state(distribution, chain, "distribution");
  }
  const double norm = imbalance(chain.inflow, chain.exit_rate, distribution);
  return norm == 0 ? 0 : norm / residual_unit(chain.kind, chain.exit_rate);
}

Solution solve(const Chain& chain, const Options& options, const Observer& observer, Starts starts,
               const Waypoint& from, Checked checked) {
  check_options(options);
  if (checked == Checked::no) validate(chain);
  if (!from.iterate.empty()) require_one_entry_a_state(from.iterate, chain, "guess");
  const ThreadCount threads(options.threads);

  Solution solution;
  solution.threads = omp_get_max_threads();

  const Stopwatch watch;
  const Components components = find_components(chain);
  const Grouping grouping = group_states(components);
  Findings findings{components.indecomposable, {}};
  const bool wants_orders = components.count == 1 && options.method == "auto";
  if (wants_orders) findings.orders = level_orders(chain.inflow, both_directions);
  const LevelOrders& orders = findings.orders;
  solution.structure = find_structure(
      chain, components, wants_orders ? Levels{orders[0]->levels(), orders[1]->levels()} : count_levels(chain.inflow));
  const std::vector<State> wanted = bottom_components(components, starts);
  if (solution.structure.bottom_components == 0) throw Error("the chain has no initial state");
  for (const State c : wanted)
    solution.components.push_back({{grouping[c].begin(), grouping[c].end()}, components.reachable[c] ? 1.0 : 0.0});
  solution.seconds.structure = watch.seconds();

  const auto what_is_left = [&] {
    Options left = options;
    left.time_limit = time_left(options.time_limit, watch.seconds());
    return left;
  };
  StationaryParts parts = solve_components(chain, findings, grouping, wanted, what_is_left(), observer, from);
  if (solution.structure.bottom_components > 1) {
    std::vector<double> time;
    solution.transient = TransientPart(chain, components, grouping, what_is_left(), observer).expected_time(time);
    find_weights(chain, components, wanted, time, solution.components);
  }
  if (starts == Starts::every) solution.conditional = parts.conditional;
  solution.distribution = std::move(parts.conditional);
  if (wanted.size() > 1)
    for (const BottomComponent& part : solution.components)
      for (const State i : part.states) solution.distribution[i] *= part.weight;

  solution.converged = parts.how.converged && solved(solution.transient.outcome.stop);
  solution.tried = std::move(parts.how.tried);
  solution.passes = parts.how.passes + solution.transient.outcome.passes;
  solution.storage = parts.how.storage;
  solution.kernel = parts.how.kernel;
  solution.device = parts.how.device;
  solution.seconds.setup = parts.how.setup_seconds;
  solution.seconds.solve = parts.how.solve_seconds + solution.transient.seconds;
  const double balance = true_residual(chain, solution.distribution, Checked::yes);
  if (!solution.tried.empty()) {
    Outcome& last = solution.tried.back().outcome;
    if (last.stop == Stop::converged && balance > options.tolerance) last.stop = Stop::rounding;
  }
  solution.residual = std::fmax(balance, solution.transient.outcome.residual);
  return solution;
}

}  // namespace steady
