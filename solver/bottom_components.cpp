#include "solver/bottom_components.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <optional>

#include "formats/base/deadline.hpp"
#include "formats/base/larger.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/vectors/host.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/initial_guess.hpp"
#include "solver/methods/gth.hpp"
#include "solver/residual.hpp"

namespace steady::detail {
namespace {

class PartsSolver {
 public:
  PartsSolver(const Chain& chain, const StructureHints& hints, const Options& options, const Observer& observer,
              const InitialGuess& from)
      : chain_(chain),
        hints_(hints),
        options_(options),
        observer_(observer),
        from_(from),
        deadline_(options.time_limit) {
    parts_.how.converged = parts_.how.eliminated = true;
  }

  void give_all(std::span<const State> states) {
    if (parts_.conditional.empty()) parts_.conditional.assign(chain_.size(), 0.0);
    parts_.conditional[states.front()] = 1;
  }

  void eliminate_all(const std::vector<std::span<const State>>& components) {
    if (parts_.conditional.empty()) parts_.conditional.assign(chain_.size(), 0.0);
    std::atomic<bool> spent{false};
    const auto out_of_budget = [&] {  // asks the caller from its own thread only
      if (omp_get_thread_num() == 0 && (observer_.interrupted() || deadline_.over())) spent = true;
      return spent.load();
    };
    const Stopwatch watch;
    std::vector<double> residuals(components.size(), 0.0);
#pragma omp parallel for schedule(dynamic, 16)
    for (std::size_t k = 0; k < components.size(); ++k) {
      const std::span<const State> states = components[k];
      const Subchain subchain(chain_, {states.begin(), states.end()});
      const IrreducibleChain part = subchain.chain();
      auto x = out_of_budget() ? std::nullopt : eliminate(part, {}, out_of_budget);
      if (!x) x.emplace(states.size(), 1.0 / static_cast<double>(states.size()));
      residuals[k] = imbalance(part.inflow, part.exit_rate, *x).residual /
                     *std::max_element(part.exit_rate.begin(), part.exit_rate.end());
      if (!std::isfinite(residuals[k])) x->assign(states.size(), 1.0 / static_cast<double>(states.size()));
      for (std::size_t i = 0; i < states.size(); ++i) parts_.conditional[states[i]] = (*x)[i];
    }
    const double residual = std::accumulate(residuals.begin(), residuals.end(), 0.0, larger);
    Monitor monitor({options_.tolerance}, 1, {});
    Outcome outcome = monitor.verdict(components.size(), components.size(), residual);
    if (spent) outcome.stop = observer_.interrupted() ? Stop::interrupted : Stop::time_limit;
    parts_.how.converged = parts_.how.converged && solved(outcome.stop);
    parts_.how.passes += 1;
    parts_.how.solve_seconds += watch.seconds();
    const std::optional<MethodConfig> config = MethodConfig{Method::gth};
    observer_.on_iteration({config, outcome.iterations, outcome.passes, deadline_.seconds(), residual, {}});
    record({*config, outcome, watch.seconds(), components.size()}, 0);
  }

  void run_portfolio(std::span<const State> states) {
    const Subchain subchain(chain_, {states.begin(), states.end()});
    IrreducibleChain part = subchain.chain();
    if (states.size() == chain_.size()) part.hints = &hints_;
    Options options = options_;
    options.time_limit = deadline_.left();
    if (options.max_iterations > 0)
      options.max_iterations =
          std::max<std::size_t>(1, options.max_iterations - std::min(options.max_iterations, iterations_));
    const Observer observer{[&](const IterationInfo& s) { show(s, states); }, observer_.interrupted};
    begun_ = deadline_.seconds();
    Stationary found = find_stationary(part, options, observer, restrict_to(states, from_));
    if (states.size() == chain_.size()) {
      parts_.conditional = std::move(found.distribution);
      parts_.how.kept = std::move(found.kept);
    } else {
      if (parts_.conditional.empty()) parts_.conditional.assign(chain_.size(), 0.0);
      for (std::size_t i = 0; i < states.size(); ++i) parts_.conditional[states[i]] = found.distribution[i];
    }
    std::size_t of_others = parts_.how.tried.size();
    for (const Attempt& attempt : found.tried) {
      iterations_ += attempt.outcome.iterations;
      of_others = record(attempt, of_others);
    }
    Stationary& how = parts_.how;
    how.converged = how.converged && found.converged;
    how.eliminated = how.eliminated && found.eliminated;
    how.passes += found.passes;
    how.storage = found.storage;
    how.kernel = found.kernel;
    how.device = found.device;
    how.setup_seconds += found.setup_seconds;
    how.solve_seconds += found.solve_seconds;
  }

  StationaryParts take() { return std::move(parts_); }

 private:
  // The caller sees the component as a part of the whole chain.
  void show(const IterationInfo& s, std::span<const State> states) const {
    const Iterate iterate = [&] {
      std::vector<double> part = s.iterate();
      if (states.size() == chain_.size()) return part;
      std::vector<double> all = parts_.conditional;
      all.resize(chain_.size(), 0.0);
      for (std::size_t i = 0; i < states.size(); ++i) all[states[i]] = part[i];
      return all;
    };
    observer_.on_iteration({s.config, s.iterations, s.passes, begun_ + s.seconds, s.residual, iterate, states.front()});
  }

  // Attempts of one kind on several components become one, so that thousands of components make no list of thousands.
  // Returns how many of those at the beginning are still of other components.
  std::size_t record(Attempt attempt, std::size_t of_others) {
    std::vector<Attempt>& tried = parts_.how.tried;
    const auto last = tried.begin() + static_cast<std::ptrdiff_t>(of_others);
    const auto same = std::find_if(
        tried.begin(), last, [&](const Attempt& a) { return a.config == attempt.config && a.mixed == attempt.mixed; });
    if (same != last) {
      attempt.chains += same->chains;
      attempt.seconds += same->seconds;
      attempt.outcome.iterations += same->outcome.iterations;
      attempt.outcome.passes += same->outcome.passes;
      attempt.outcome.residual = larger(attempt.outcome.residual, same->outcome.residual);
      if (worse(same->outcome.stop, attempt.outcome.stop)) attempt.outcome.stop = same->outcome.stop;
      tried.erase(same);
      --of_others;
    }
    tried.push_back(std::move(attempt));
    return of_others;
  }
  static bool worse(Stop a, Stop b) { return static_cast<int>(a) > static_cast<int>(b); }  // in the order of the list

  const Chain& chain_;
  const StructureHints& hints_;
  const Options& options_;
  const Observer& observer_;
  const InitialGuess& from_;
  const Deadline deadline_;
  double begun_ = 0;  // when the running component did
  std::size_t iterations_ = 0;
  StationaryParts parts_;
};

}  // namespace

StationaryParts solve_components(const Chain& chain, const StructureHints& hints, const Grouping& grouping,
                                 std::span<const State> wanted, const Options& options, const Observer& observer,
                                 const InitialGuess& from) {
  PartsSolver solver(chain, hints, options, observer, from);
  std::vector<std::span<const State>> tiny, others;
  const bool eliminates = wanted.size() > 1 && (options.method == Method::automatic || options.method == Method::gth);
  for (const State c : wanted) {
    const std::span<const State> states = grouping[c];
    if (states.size() == 1)
      solver.give_all(states);
    else
      (eliminates && states.size() <= dense_limit ? tiny : others).push_back(states);
  }
  std::stable_sort(others.begin(), others.end(), [](auto a, auto b) { return a.size() < b.size(); });
  if (!tiny.empty()) solver.eliminate_all(tiny);
  for (const std::span<const State> states : others) solver.run_portfolio(states);
  return solver.take();
}

}  // namespace steady::detail
