#include "solver/solve.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "formats/error.hpp"
#include "solver/device/host.hpp"
#include "solver/restriction.hpp"
#include "solver/stopwatch.hpp"

namespace steady {
namespace {

// What ||x Q||_1 is divided by.
double residual_unit(Kind kind, const std::vector<double>& exit_rate) {
  return kind == Kind::dtmc ? 1 : *std::max_element(exit_rate.begin(), exit_rate.end());
}

// OpenMP's number of threads for as long as this lives; 0: as it is.
class ThreadCount {
 public:
  explicit ThreadCount(int threads) : before_(omp_get_max_threads()) {
    if (threads > 0) omp_set_num_threads(threads);
  }
  ~ThreadCount() { omp_set_num_threads(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

// The one reachable bottom component, or an Error.
std::vector<State> only_bottom_component(const Components& components, const Structure& structure) {
  if (structure.bottom_components > 1)
    throw Error(fmt::format(
        "the chain can end in {} different bottom components, each with a long run of its own: not built yet",
        structure.bottom_components));
  for (std::size_t c = 0; c < components.count; ++c)
    if (components.bottom[c] && components.reachable[c]) return states_of(components, c);
  throw Error("the chain has no initial state");
}

}  // namespace

double true_residual(const Chain& chain, const std::vector<double>& distribution) {
  const double* const x = distribution.data();
  const double norm = sum_over_blocks<double>(chain.size(), [&](std::size_t first, std::size_t last) {
    double block = 0;
    for (std::size_t i = first; i < last; ++i) {
      double flow = 0;
      for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
        flow += chain.inflow.value[k] * x[chain.inflow.column[k]];
      block += std::abs(flow - x[i] * chain.exit_rate[i]);
    }
    return block;
  });
  return norm == 0 ? 0 : norm / residual_unit(chain.kind, chain.exit_rate);
}

Solution solve(const Chain& chain, const Options& options, const Observer& observer) {
  check_options(options);
  const ThreadCount threads(options.threads);

  Solution solution;
  solution.threads = omp_get_max_threads();

  const Stopwatch watch;
  const Components components = find_components(chain);
  solution.structure = find_structure(chain, components);
  const std::vector<State> states = only_bottom_component(components, solution.structure);
  solution.seconds.structure = watch.seconds();

  if (states.size() == 1) {
    solution.distribution.assign(chain.size(), 0.0);
    solution.distribution[states.front()] = 1;
    solution.converged = true;
    return solution;
  }
  const Restriction restriction(chain, states);
  Stationary found =
      find_stationary(restriction.chain(), residual_unit(chain.kind, restriction.chain().exit_rate), options, observer);
  solution.distribution = restriction.scatter(std::move(found.distribution));
  solution.converged = found.converged;
  solution.tried = std::move(found.tried);
  solution.passes = found.passes;
  solution.storage = found.storage;
  solution.kernel = found.kernel;
  solution.device = found.device;
  solution.seconds.setup = found.setup_seconds;
  solution.seconds.solve = found.solve_seconds;
  solution.residual = true_residual(chain, solution.distribution);
  Outcome& last = solution.tried.back().outcome;
  if (last.stop == Stop::converged && solution.residual > options.tolerance) last.stop = Stop::rounding;
  return solution;
}

}  // namespace steady
