#include <omp.h>

#include <cmath>
#include <functional>

#include <steady/error.hpp>
#include <steady/solve.hpp>

#include "formats/base/deadline.hpp"
#include "formats/base/larger.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/base/thread_count.hpp"
#include "solver/aggregate_error.hpp"
#include "solver/bottom_components.hpp"
#include "solver/residual.hpp"
#include "solver/structure/structure.hpp"
#include "solver/transient.hpp"

namespace steady {

using namespace detail;
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
// states while the chain is in them. They sum to 1, which takes the rounding of a long stay out of them. Returns
// whether they are numbers; else they are made equal.
bool find_weights(const Chain& chain, const Components& components, const std::vector<State>& wanted,
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
  const bool found = std::isfinite(total) && total > 0;
  for (BottomComponent& part : parts) part.weight = found ? part.weight / total : 1 / static_cast<double>(parts.size());
  return found;
}

// What is reported of ||x Q||_1.
double scaled(const Chain& chain, double norm) {
  return norm == 0 ? 0 : norm / residual_unit(chain.kind, chain.exit_rate);
}

}  // namespace

double true_residual(const Chain& chain, const std::vector<double>& distribution, Checked checked) {
  if (checked == Checked::no) {
    validate(chain);
    require_one_entry_a_state(distribution, chain, "distribution");
  }
  return scaled(chain, imbalance(chain.inflow, chain.exit_rate, distribution).residual);
}

void measure_residual(const Chain& chain, Solution& solution) {
  const Imbalance measured = imbalance(chain.inflow, chain.exit_rate, solution.distribution);
  solution.residual = larger(scaled(chain, measured.residual), solution.transient.outcome.residual);
  solution.balance = measured.balance;
}

namespace {

// The largest over the components that were solved.
double aggregate_error(const Chain& chain, const Solution& solution, const std::function<bool()>& stop) {
  const bool every = !solution.conditional.empty();  // also those that the initial states do not reach
  double error = 0;
  for (const BottomComponent& part : solution.components) {
    if (part.states.size() == 1 || !(every || part.weight > 0)) continue;
    const Subchain subchain(chain, part.states);
    std::vector<double> x;
    for (const State i : part.states)
      x.push_back(every ? solution.conditional[i] : solution.distribution[i] / part.weight);
    error = larger(error, aggregate_error(subchain.chain(), x, stop));
  }
  return error;
}

}  // namespace

void check_aggregates(const Chain& chain, Solution& solution, const Options& options, const Observer& observer,
                      Checked checked) {
  constexpr std::size_t most_eliminated = 300'000;  // states
  constexpr double patience = 60;                   // seconds
  if (checked == Checked::no) {
    validate(chain);
    require_one_entry_a_state(solution.distribution, chain, "solution");
  }
  if (solution.eliminated || !solution.converged) return;
  const Deadline deadline(options.time_limit);
  const auto stop = [&] { return observer.interrupted() || deadline.over(); };
  const Stopwatch watch;
  try {
    solution.aggregate_error = aggregate_error(chain, solution, stop);
  } catch (const std::bad_alloc&) {  // then the answer is not known
    solution.aggregate_error = INFINITY;
  }
  solution.seconds.check += watch.seconds();
  if (std::isinf(*solution.aggregate_error) && stop()) {
    solution.aggregate_error.reset();
    solution.converged = false;
    return;
  }
  solution.slow_modes = !(*solution.aggregate_error <= std::clamp(1e4 * options.tolerance, 1e-8, 1e-3));
  solution.converged = !solution.slow_modes;
  if (!solution.converged && options.method == Method::automatic && chain.size() <= most_eliminated) {
    Options exactly = options;
    exactly.method = Method::gth;
    exactly.most_multiplications = 1e9 * patience;
    exactly.time_limit = deadline.left();
    const Starts starts = solution.conditional.empty() ? Starts::initial : Starts::every;
    Solution eliminated = solve(chain, exactly, observer, starts, {}, Checked::yes);
    if (eliminated.eliminated) {
      eliminated.tried.insert(eliminated.tried.begin(), solution.tried.begin(), solution.tried.end());
      eliminated.seconds.solve += solution.seconds.solve;
      eliminated.seconds.check += solution.seconds.check;
      solution = std::move(eliminated);
    }
  }
}

Solution solve(const Chain& chain, const Options& options, const Observer& observer, Starts starts,
               const InitialGuess& from, Checked checked) {
  check_options(options);
  if (checked == Checked::no) validate(chain);
  if (!from.iterate.empty()) require_one_entry_a_state(from.iterate, chain, "guess");
  const ThreadCount threads(options.threads);

  Solution solution;
  solution.threads = omp_get_max_threads();

  const Deadline deadline(options.time_limit);
  const Components components = find_components(chain);
  const Grouping grouping = group_states(components);
  StructureHints hints{components.indecomposable, {}};
  const bool wants_orders = components.count == 1 && options.method == Method::automatic;
  if (wants_orders) hints.orders = level_orders(chain.inflow, both_directions);
  const LevelOrders& orders = hints.orders;
  solution.structure = find_structure(
      chain, components, wants_orders ? Levels{orders[0]->levels(), orders[1]->levels()} : count_levels(chain.inflow));
  const std::vector<State> wanted = bottom_components(components, starts);
  if (solution.structure.bottom_components == 0) throw Error("the chain has no initial state");
  for (const State c : wanted)
    solution.components.push_back(
        {{grouping[c].begin(), grouping[c].end()}, components.reachable[c] ? 1.0 : 0.0, components.reachable[c]});
  solution.seconds.structure = deadline.seconds();

  const auto what_is_left = [&] {
    Options left = options;
    left.time_limit = deadline.left();
    return left;
  };
  StationaryParts parts = solve_components(chain, hints, grouping, wanted, what_is_left(), observer, from);
  if (solution.structure.bottom_components > 1) {
    std::vector<double> time;
    solution.transient = TransientPart(chain, components, grouping, what_is_left(), observer).expected_time(time);
    Stop& stop = solution.transient.outcome.stop;
    if (!find_weights(chain, components, wanted, time, solution.components) && solved(stop)) stop = Stop::broke_down;
  }
  if (starts == Starts::every) solution.conditional = parts.conditional;
  solution.distribution = std::move(parts.conditional);
  if (wanted.size() > 1)
    for (const BottomComponent& part : solution.components)
      for (const State i : part.states) solution.distribution[i] *= part.weight;

  solution.tried = std::move(parts.how.tried);
  solution.passes = parts.how.passes + solution.transient.outcome.passes;
  solution.storage = parts.how.storage;
  solution.kernel = parts.how.kernel;
  solution.device = parts.how.device;
  solution.kept = std::move(parts.how.kept);
  solution.seconds.setup = parts.how.setup_seconds;
  solution.seconds.solve = parts.how.solve_seconds + solution.transient.seconds;
  measure_residual(chain, solution);
  if (!solution.tried.empty()) {
    Outcome& last = solution.tried.back().outcome;
    if (last.stop == Stop::converged && solution.residual > options.tolerance) last.stop = Stop::rounding;
  }
  solution.converged =
      parts.how.converged && solved(solution.transient.outcome.stop) && std::isfinite(solution.balance);
  solution.eliminated = solution.converged && parts.how.eliminated;
  if (options.check_aggregates) check_aggregates(chain, solution, what_is_left(), observer, Checked::yes);
  return solution;
}

}  // namespace steady
