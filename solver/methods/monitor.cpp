#include "solver/methods/monitor.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/base/larger.hpp"

namespace steady::detail {

// Above the tolerance but under this, a residual that rounding keeps from falling is good enough, and reported so.
constexpr double rounding_residual = 1e-10;

Monitor::Monitor(Budget budget, double unit, Observer observer, Balance balance)
    : budget_(budget), unit_(unit), observer_(std::move(observer)), balance_(std::move(balance)) {}

void Monitor::begin(std::optional<MethodConfig> config, std::optional<std::size_t> patience, Iterate iterate) {
  config_ = config;
  iterate_ = std::move(iterate);
  patience_ = patience;
  iterations_before_ += iterations_;
  iterations_ = 0;
  points_.clear();
  reached_.reset();
}

// What has to reach the tolerance. A residual that has must not be small only because some rates are large: the balance
// must follow, not so far as it sees the worst state and the residual all of them together; but beyond a hundredth
// what flows into a state is no longer what flows out of it.
double Monitor::measure(double residual) const {
  constexpr double balance_for_residual = 1e5, most_balance = 0.01;
  if (budget_.rough || !balance_ || !iterate_ || !(residual <= std::max(budget_.tolerance, rounding_residual)))
    return residual;
  return larger(residual, balance_(iterate_()) * std::max(1 / balance_for_residual, budget_.tolerance / most_balance));
}

std::optional<Outcome> Monitor::check(std::size_t iterations, std::size_t passes, double residual) {
  residual /= unit_;
  iterations_ = iterations;
  observer_.on_iteration({config_, iterations, passes, seconds(), residual, iterate_});
  const double measured = residual <= budget_.tolerance ? measure(residual) : residual;
  const double best = points_.empty() ? measured : std::fmin(points_.back().best, measured);
  points_.push_back({passes, best});
  const std::optional<Stop> stop = judge(iterations, measured);
  if (!stop || (stop == Stop::converged && goes_on(iterations, residual))) return std::nullopt;
  return Outcome{*stop, iterations, passes, residual};
}

Outcome Monitor::verdict(std::size_t iterations, std::size_t passes, double residual) const {
  residual /= unit_;
  const double measured = measure(residual);
  const Stop stop = measured <= budget_.tolerance   ? Stop::converged
                    : measured <= rounding_residual ? Stop::rounding
                                                    : Stop::stagnated;
  return {stop, iterations, passes, residual};
}

double Monitor::best_at(std::size_t passes) const {
  const auto after =
      std::partition_point(points_.begin(), points_.end(), [passes](const Point& p) { return p.passes <= passes; });
  return after == points_.begin() ? INFINITY : std::prev(after)->best;
}

std::optional<Stop> Monitor::spent(std::size_t iterations) const {
  if (observer_.interrupted()) return Stop::interrupted;
  if (budget_.max_iterations > 0 && iterations_before_ + iterations >= budget_.max_iterations)
    return Stop::iteration_limit;
  if (budget_.time_limit > 0 && seconds() >= budget_.time_limit) return Stop::time_limit;
  return std::nullopt;
}

// Whether a method that has converged is to come nearer to the aim: as long as each check finds it clearly nearer, for
// half of the passes that it took to converge. Krylov methods' own recursions end at the aim.
bool Monitor::goes_on(std::size_t iterations, double residual) {
  constexpr double nearer = 0.8, more_passes = 1.5;
  const std::size_t passes = points_.back().passes;
  if (!reached_) reached_ = Point{passes, INFINITY};
  const double before = std::exchange(reached_->best, residual);
  return budget_.aim > 0 && residual > budget_.aim && residual < nearer * before &&
         static_cast<double>(passes) < more_passes * static_cast<double>(reached_->passes) && !spent(iterations);
}

std::optional<Stop> Monitor::judge(std::size_t iterations, double measured) const {
  if (measured <= budget_.tolerance) return Stop::converged;
  if (!std::isfinite(measured)) return Stop::broke_down;
  if (const std::optional<Stop> stop = spent(iterations)) return stop;

  // Progress is judged over the second half of the passes so far, whatever the speed of convergence. A residual may
  // stand still for long while probability moves through the chain: only another method that waits cuts that short.
  constexpr std::size_t shortest = 100, longest = 100'000;
  const std::size_t passes = points_.back().passes;
  const double best = points_.back().best;
  const double best_before = best_at(passes / 2);
  const bool stuck = best > 0.99 * best_before;
  if (stuck && passes >= shortest && best <= rounding_residual && measure(best) <= rounding_residual)
    return Stop::rounding;
  if (stuck && passes >= longest) return Stop::stagnated;
  if (!patience_) return std::nullopt;
  if (passes >= *patience_ && best > 0.3 * best_before) return Stop::stagnated;
  // A method that diverges at the beginning, as a Krylov method may, hardly ever converges then; in the first passes
  // its residual may grow further than in later ones. After the last of them it may jump.
  struct Divergence {
    std::size_t first;  // passes
    double growth;      // times the first residual
  };
  constexpr Divergence rules[] = {{10, 300}, {20, 30}};
  constexpr std::size_t last = 60;  // passes
  for (const auto& [first, growth] : rules)
    if (passes >= first && passes <= last && measured > std::fmax(growth * points_.front().best, rounding_residual))
      return Stop::stagnated;
  return std::nullopt;
}

}  // namespace steady::detail

std::string_view steady::describe(Stop stop) {
  switch (stop) {
    case Stop::converged:
      return "converged";
    case Stop::rounding:
      return "converged as far as rounding allows";
    case Stop::stagnated:
      return "stagnated";
    case Stop::broke_down:
      return "broke down";
    case Stop::filled_in:
      return "filled in";
    case Stop::iteration_limit:
      return "iteration limit";
    case Stop::time_limit:
      return "time limit";
    case Stop::interrupted:
      return "interrupted";
  }
  return "";
}
