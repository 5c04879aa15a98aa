#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <steady/error.hpp>
#include <steady/first_passage.hpp>

#include "formats/base/stopwatch.hpp"
#include "formats/base/thread_count.hpp"
#include "solver/certify/passage_solver.hpp"
#include "solver/certify/stopped_chain.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/methods/monitor.hpp"

namespace steady {

using namespace detail;
namespace {

double largest(const Expansion& x) {
  double most = 0;
  for (const double entry : x.front()) most = std::max(most, std::abs(entry));
  return most;
}

constexpr double some_digits = 1e-8;   // what a solve reduces a residual to, and corrections add to
constexpr std::size_t most_parts = 4;  // of an expansion: as many as sums of products are exact for

}  // namespace

PassageSolver::PassageSolver(const Chain& chain, const std::vector<bool>& target, const Options& options,
                             const Observer& observer, Direction direction)
    : chain_(chain),
      target_(target),
      options_(options),
      observer_(observer),
      deadline_(options.time_limit),
      inside_(surely_arriving(chain.inflow, target)),
      unknowns_(static_cast<std::size_t>(std::count(inside_.begin(), inside_.end(), true))),
      checker_(chain, target, inside_) {
  for (const bool inside : inside_) one_.push_back(inside ? 1 : 0);
  if (unknowns_ < dense_limit) return;
  std::vector<bool> stopped = inside_;
  stopped.flip();
  swept_ = std::make_unique<AbsorbingSystem>(checker_.outflow(), chain.exit_rate, stopped, direction);
}

PassageSolver::Eliminated::Eliminated(const Chain& chain, const std::vector<bool>& inside, const Options& options,
                                      const Observer& observer)
    : stopped(stopped_chain(chain, inside)),
      components(find_components(stopped)),
      grouping(group_states(components)),
      transient(stopped, components, grouping, options, observer) {}

void PassageSolver::try_time(const Expansion& time) {
  if (checker_.accept(time).empty()) time_ = time;
}

FirstPassage PassageSolver::run(const std::function<double(State)>& rate, double off) {
  std::vector<double> earned(chain_.size(), 0.0);
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    if (!inside_[i]) continue;
    earned[i] = rate(static_cast<State>(i));
    if (!std::isfinite(earned[i])) throw Error(fmt::format("what is earned in state {} is {}", i, earned[i]));
  }
  const bool of_time = earned == one_;
  if (time_.empty() && (of_time || !find_rough_time())) find_time();
  FirstPassage found;
  found.solve = time_solved_by_;
  Expansion total = of_time && !rough_ ? time_ : Expansion{solve(earned, found.solve, some_digits)};
  prove(std::move(total), earned, off, found);
  judge(earned, found);
  if (found.proven) found.longest = longest_times();
  return found;
}

// Solves A x = earned on many states until the residual has fallen to that fraction. Nothing where that takes too long.
std::optional<std::vector<double>> PassageSolver::sweep(const std::vector<double>& earned, double reduction,
                                                        AbsorptionSolveInfo& solved_by) const {
  constexpr std::size_t most_passes = 2000;
  if (!swept_ || !reason_.empty()) return std::nullopt;  // what nothing is proven of is solved to all digits
  observer_.on_iteration({std::nullopt, 0, 0, deadline_.seconds(), 1, {}});
  double size = 0;
  for (const double rate : earned) size += std::abs(rate);
  std::size_t left = most_passes;
  auto found = swept_->solve(
      earned,
      {AbsorbingSystem::StoppingCriterion::Size::sum, reduction * size, [this](std::size_t) { return interrupted(); }},
      left);
  if (!found.reached || interrupted()) return std::nullopt;
  solved_by = {
      unknowns_ + 1, AbsorptionMethod::bicgstab, {Stop::rounding, found.iterations, most_passes - left, reduction}};
  return std::move(found.x);
}

// Solves A x = earned, on all states of the chain; where sweeps do it, until the residual has fallen to that fraction.
std::vector<double> PassageSolver::solve(const std::vector<double>& earned, AbsorptionSolveInfo& solved_by,
                                         double reduction) const {
  if (auto found = sweep(earned, reduction, solved_by)) return std::move(*found);
  std::vector<double> b, x;
  for (std::size_t i = 0; i < earned.size(); ++i)
    if (inside_[i]) b.push_back(earned[i]);
  b.push_back(0);
  if (!eliminated_) {
    Options left = options_;
    left.time_limit = deadline_.left();
    eliminated_.emplace(chain_, inside_, left, observer_);
  }
  solved_by = eliminated_->transient.expected_total(b, x);
  std::vector<double> everywhere(earned.size(), 0.0);
  for (std::size_t i = 0, k = 0; i < earned.size(); ++i)
    if (inside_[i]) everywhere[i] = x[k++];
  return everywhere;
}

// Adds to x, whose product with Q is given, as a part more what it lacks of A x = earned.
void PassageSolver::correct(const std::vector<Interval>& product, const std::vector<double>& earned, double reduction,
                            Expansion& x) const {
  std::vector<double> rest(earned.size(), 0.0);
  for (std::size_t i = 0; i < rest.size(); ++i)
    if (inside_[i]) rest[i] = middle(product[i] + earned[i]);
  AbsorptionSolveInfo solved_by;  // what corrections come to, the proof says
  x.push_back(solve(rest, solved_by, reduction));
}

// A witness of what is earned otherwise need not be the time itself: A w >= 1/2 will do. Whether it was found.
bool PassageSolver::find_rough_time() {
  constexpr double most_missing = 0.5;
  constexpr std::size_t most_passes = 2000;
  if (!swept_) return false;
  std::size_t left = most_passes;
  auto found = swept_->solve(
      one_,
      {AbsorbingSystem::StoppingCriterion::Size::largest, most_missing, [this](std::size_t) { return interrupted(); }},
      left);
  if (!found.reached || interrupted()) return false;
  for (double& time : found.x) time = std::max(time, 0.0);
  rough_ = checker_.accept({found.x}).empty();
  if (rough_) time_ = {std::move(found.x)};
  return rough_;
}

// Where times are long, what a double is rounded by hides the 1. Where four doubles do not show it, either, corrections
// are of no use: then the time is solved for without them, to all digits.
void PassageSolver::find_time() {
  time_ = {solve(one_, time_solved_by_, some_digits)};
  reason_ = checker_.accept(time_);
  while (!reason_.empty() && time_.size() < most_parts && !interrupted()) {
    correct(checker_.column_product(time_), one_, some_digits, time_);
    reason_ = checker_.accept(time_);
  }
  if (reason_.empty()) return;
  time_.resize(1);
  if (swept_ && !interrupted()) time_ = {solve(one_, time_solved_by_, some_digits)};
}

// Without a proof, only totals that were found to the end and without a subtraction are known.
void PassageSolver::judge(const std::vector<double>& earned, FirstPassage& found) const {
  if (found.proven) return;
  Stop& stop = found.solve.outcome.stop;
  if (swept_ && interrupted()) stop = reason_to_stop();  // before corrections
  const bool iterated = found.solve.method == AbsorptionMethod::bicgstab || found.solve.iterated > 0;
  const bool subtracted = std::any_of(earned.begin(), earned.end(), [](double rate) { return rate < 0; });
  for (std::size_t i = 0; i < inside_.size(); ++i)
    if (inside_[i] && (!solved(stop) || ((iterated || subtracted) && found.value[i] != 0))) found.value[i] = NAN;
  const bool unknown = std::any_of(found.value.begin(), found.value.end(), [](double x) { return std::isnan(x); });
  if (unknown && solved(stop)) stop = iterated || subtracted ? Stop::stagnated : Stop::broke_down;
}

// At least the time until the target is reached, which has been proven.
std::vector<double> PassageSolver::longest_times() const {
  const double drift = checker_.drift();
  std::vector<double> longest;
  for (std::size_t i = 0; i < chain_.size(); ++i)
    longest.push_back(inside_[i] || target_[i] ? divide_up(entry_of(time_, i).high, drift) : INFINITY);
  return longest;
}

void PassageSolver::prove(Expansion total, const std::vector<double>& earned, double off, FirstPassage& found) const {
  constexpr double enough = 1e-13;
  found.reason = reason_;
  Expansion proven = total;
  double best = INFINITY;
  while (reason_.empty()) {
    const std::vector<Interval> product = checker_.column_product(total);
    const double delta = checker_.check(total, product, earned);
    const bool better = delta < best / 2;
    if (delta < best) {
      proven = total;
      best = delta;
    }
    if (!better || largest(time_) * delta <= enough * largest(total) || delta * checker_.drift() <= off) break;
    if (total.size() == most_parts || interrupted()) break;
    const double wanted = 0.1 * off / (delta * checker_.drift());
    correct(product, earned, std::clamp(wanted, some_digits, 0.1), total);
  }
  settle(proven, best, earned, found);
  if (!found.proven && found.reason.empty()) found.reason = "a number left the range of doubles";
}

// The values, and where delta is finite their bounds, as far as doubles hold them.
void PassageSolver::settle(const Expansion& total, double delta, const std::vector<double>& earned,
                           FirstPassage& found) const {
  const std::size_t n = chain_.size();
  const bool positive = std::all_of(earned.begin(), earned.end(), [](double rate) { return rate >= 0; });
  found.value.assign(n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    if (inside_[i]) {
      const double value = middle(entry_of(total, i));
      found.value[i] = std::isfinite(value) ? value : NAN;
    } else if (!target_[i]) {
      found.value[i] = INFINITY;
    }
  found.proven = std::isfinite(delta);
  if (!found.proven) return;
  found.lower = found.upper = found.value;
  for (std::size_t i = 0; i < n; ++i) {
    if (!inside_[i]) continue;
    const double off = multiply_up(delta, entry_of(time_, i).high);
    const Interval bounds = entry_of(total, i) + Interval(-off, off);
    const double least = positive ? 0 : -INFINITY;
    found.lower[i] = std::isfinite(bounds.low) ? std::max(bounds.low, least) : least;
    found.upper[i] = std::isfinite(bounds.high) ? bounds.high : INFINITY;
  }
}

FirstPassage first_passage(const Chain& chain, const std::vector<bool>& target,
                           const std::function<double(State)>& rate, const Options& options, const Observer& observer,
                           Checked checked) {
  check_options(options);
  require_whole(chain);
  if (checked == Checked::no) validate(chain);
  if (target.size() != chain.size())
    throw Error(fmt::format("a target of {} states for a chain of {}", target.size(), chain.size()));
  const ThreadCount threads(options.threads);
  const Stopwatch watch;
  FirstPassage found = PassageSolver(chain, target, options, observer).run(rate);
  found.solve.seconds = watch.seconds();
  return found;
}

}  // namespace steady
