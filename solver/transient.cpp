#include "solver/transient.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "formats/base/block_sum.hpp"
#include "formats/base/larger.hpp"
#include "formats/base/stopwatch.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/residual.hpp"
#include "solver/structure/subchain.hpp"
#include "solver/structure/sweep.hpp"

namespace steady::detail {

TransientPart::TransientPart(const Chain& chain, const Components& components, const Grouping& grouping,
                             const Options& options, const Observer& observer)
    : chain_(chain),
      components_(components),
      grouping_(grouping),
      options_(options),
      deadline_(options.time_limit),
      observer_(observer),
      absorption_rate_(chain.size(), 0.0) {
  const Csr& in = chain.inflow;
  for (std::size_t i = 0; i < chain.size(); ++i)
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k)
      if (components.of[in.column[k]] != components.of[i]) absorption_rate_[in.column[k]] += in.value[k];
}

AbsorbingRates TransientPart::rates_of(std::size_t component) const {
  const std::span<const State> states = grouping_[component];
  const LocalNumbers local(states, chain_.size());
  const Csr& in = chain_.inflow;
  AbsorbingRates rates;
  for (const State state : states) {
    for (std::uint64_t k = in.row_start[state]; k < in.row_start[state + std::size_t{1}]; ++k) {
      const State source = local[in.column[k]];
      if (source == LocalNumbers::none) continue;
      rates.inflow.column.push_back(source);
      rates.inflow.value.push_back(in.value[k]);
    }
    rates.inflow.row_start.push_back(rates.inflow.column.size());
    rates.exit_rate.push_back(chain_.exit_rate[state]);
    rates.absorption_rate.push_back(absorption_rate_[state]);
  }
  return rates;
}

// Where the residual is above the tolerance, `decisive` says whether rounding alone keeps it there.
void TransientPart::judge(AbsorptionSolveInfo& absorption, double decisive) const {
  Outcome& outcome = absorption.outcome;
  if (!solved(outcome.stop)) return;
  if (outcome.residual <= options_.tolerance)
    outcome.stop = Stop::converged;
  else if (!std::isfinite(decisive))
    outcome.stop = Stop::broke_down;
  else
    outcome.stop =
        solved(Monitor({options_.tolerance}, 1, {}).verdict(0, 0, decisive).stop) ? Stop::rounding : Stop::stagnated;
}

TransientPart::Part TransientPart::solve(std::size_t component, Side side, const std::vector<double>& b,
                                         const Scale& scale, AbsorptionSolveInfo& absorption) const {
  const std::span<const State> states = grouping_[component];
  absorption.states += states.size();
  if (states.size() == 1) {
    absorption.method = std::max(absorption.method, AbsorptionMethod::division);
    return {{b.front() / chain_.exit_rate[states.front()]}, false};
  }
  const AbsorbingRates rates = rates_of(component);
  if (states.size() <= dense_limit) {
    absorption.method = std::max(absorption.method, AbsorptionMethod::elimination);
    if (auto x = eliminate(rates, side, b, absorption)) return {std::move(*x), false};
    return {std::vector<double>(states.size(), 0.0), false};
  }
  const AbsorptionSolveInfo before = absorption;
  std::vector<double> x = iterate(component, rates, side, b, scale, absorption);
  const bool failed = solved(before.outcome.stop) && gave_up(absorption.outcome.stop);
  if (!failed || states.size() > dense_fallback_limit) return {std::move(x), true};
  AbsorptionSolveInfo eliminated = absorption;
  eliminated.outcome.stop = before.outcome.stop;
  eliminated.iterated = before.iterated;
  auto instead = eliminate(rates, side, b, eliminated);
  if (!instead) return {std::move(x), true};
  absorption = eliminated;
  absorption.method = AbsorptionMethod::bicgstab_elimination;
  return {std::move(*instead), false};
}

// Nothing where the time is up before.
std::optional<std::vector<double>> TransientPart::eliminate(const AbsorbingRates& rates, Side side,
                                                            const std::vector<double>& b,
                                                            AbsorptionSolveInfo& absorption) const {
  const std::vector<ExtendedRange> x =
      solve_by_elimination(rates, side, b, [this] { return observer_.interrupted() || deadline_.over(); });
  if (x.empty()) {
    absorption.outcome.stop = observer_.interrupted() ? Stop::interrupted : Stop::time_limit;
    return std::nullopt;
  }
  if (side == Side::rows) absorption.balance = larger(absorption.balance, flow_balance(rates, b, x));
  std::vector<double> rounded;
  for (const ExtendedRange& entry : x) rounded.push_back(static_cast<double>(entry));
  return rounded;
}

// Counts what the system took; returns whether it was solved.
bool TransientPart::count(const Outcome& outcome, AbsorptionSolveInfo& absorption) const {
  absorption.method = std::max(absorption.method, AbsorptionMethod::bicgstab);
  absorption.outcome.iterations += outcome.iterations;
  absorption.outcome.passes += outcome.passes;
  if (!solved(outcome.stop)) absorption.outcome.stop = outcome.stop;
  return solved(outcome.stop);
}

std::vector<double> TransientPart::iterate(std::size_t component, const AbsorbingRates& rates, Side side,
                                           const std::vector<double>& b, const Scale& scale,
                                           AbsorptionSolveInfo& absorption) const {
  // The residuals of rows add up over the components: each may have its share. Half of it is left to the divisions.
  double share = 1, size = scale.size;
  if (side == Side::rows)
    share = static_cast<double>(b.size()) / static_cast<double>(chain_.size());
  else if (!scale.of_a_step)
    size /= most_steps(component, rates, absorption);
  Monitor monitor(budget(0.5 * share * options_.tolerance), size, observer_);
  monitor.begin(std::nullopt, std::nullopt);
  std::vector<double> x;
  const Outcome outcome = solve_by_refinement(rates, side, b, x, monitor);
  absorption.iterated += outcome.residual;
  count(outcome, absorption);
  return x;
}

// At most so many steps does the chain take in the component on average, wherever it begins: t >= 0 with (D - R) t >=
// D/2 is at least half of them (Meyn and Tweedie 1993).
double TransientPart::most_steps(std::size_t component, const AbsorbingRates& rates,
                                 AbsorptionSolveInfo& absorption) const {
  const auto known = steps_.find(component);
  if (known != steps_.end()) return known->second;
  Monitor monitor(budget(0.5), 1, observer_);
  monitor.begin(std::nullopt, std::nullopt);
  std::vector<double> t;
  const Outcome outcome = solve_by_refinement(rates, Side::columns, rates.exit_rate, t, monitor);
  const double steps = 2 * std::accumulate(t.begin(), t.end(), 1.0, larger);
  if (count(outcome, absorption)) steps_[component] = steps;
  return steps;
}

AbsorptionSolveInfo TransientPart::expected_time(std::vector<double>& y) const {
  const Stopwatch watch;
  const Csr& in = chain_.inflow;
  AbsorptionSolveInfo absorption;
  const double unit = residual_unit(chain_.kind, chain_.exit_rate);
  const double scale = unit > 0 ? std::fmin(unit, 1) : 1;
  y.assign(chain_.size(), 0.0);
  std::vector<bool> iterated(components_.count, false);
  std::vector<double> initial(chain_.size(), 0.0);
  for (const auto& [state, probability] : chain_.initial) initial[state] += probability;
  for (std::size_t c = 0; c < components_.count; ++c) {
    if (components_.bottom[c] || !components_.reachable[c]) continue;
    const std::span<const State> states = grouping_[c];
    std::vector<double> b;
    for (const State i : states) {
      b.push_back(initial[i]);
      for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k)
        if (components_.of[in.column[k]] != c) b.back() += y[in.column[k]] * in.value[k];
    }
    const Part part = solve(c, Side::rows, b, {scale}, absorption);
    iterated[c] = part.iterated;
    for (std::size_t i = 0; i < states.size(); ++i) y[states[i]] = part.x[i];
  }
  // The iterated components have told theirs, which the rounding of y does not touch.
  const double rounding = sum_over_blocks<double>(chain_.size(), [&](std::size_t i, std::size_t last) {
    double block = 0;
    for (; i < last; ++i) {
      const State c = components_.of[i];
      if (components_.bottom[c] || !components_.reachable[c] || iterated[c]) continue;
      const double rest = initial[i] + flow_into(in, i, y) - y[i] * chain_.exit_rate[i];
      block += std::isfinite(rest) ? std::abs(rest) : INFINITY;
    }
    return block;
  });
  absorption.outcome.residual = absorption.iterated + rounding / scale;
  judge(absorption, larger(absorption.iterated, absorption.balance));
  if (unit > 1) absorption.outcome.residual /= unit;
  absorption.seconds = watch.seconds();
  return absorption;
}

// Q h = -b on the transient states; h is given in the bottom components. b is used up.
AbsorptionSolveInfo TransientPart::solve_columns(const Scale& scale, std::vector<double>& b,
                                                 std::vector<double>& h) const {
  const Csr& in = chain_.inflow;
  AbsorptionSolveInfo absorption;
  // What flows into a component comes from lower ones: from the highest on, each hands its values down.
  const auto hand_down = [&](std::size_t c) {
    for (const State i : grouping_[c])
      for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k)
        if (components_.of[in.column[k]] != c) b[in.column[k]] += in.value[k] * h[i];
  };
  for (std::size_t c = components_.count; c-- > 0;) {
    if (!components_.bottom[c]) {
      const std::span<const State> states = grouping_[c];
      std::vector<double> right;
      for (const State i : states) right.push_back(b[i]);
      const std::vector<double> x = solve(c, Side::columns, right, scale, absorption).x;
      for (std::size_t i = 0; i < states.size(); ++i) h[states[i]] = x[i];
    }
    hand_down(c);
  }
  return absorption;
}

AbsorptionSolveInfo TransientPart::expected_end(std::vector<double>& h) const {
  const Stopwatch watch;
  const Csr& in = chain_.inflow;
  double scale = 0;
  for (std::size_t i = 0; i < h.size(); ++i)
    if (components_.bottom[components_.of[i]]) scale = larger(scale, std::abs(h[i]));
  if (scale == 0) scale = 1;
  std::vector<double> b(chain_.size(), 0.0);
  AbsorptionSolveInfo absorption = solve_columns({scale}, b, h);

  std::vector<double> change(chain_.size(), 0.0);  // Q h
  for (std::size_t i = 0; i < chain_.size(); ++i)
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k)
      change[in.column[k]] += in.value[k] * (h[i] - h[in.column[k]]);
  for (std::size_t i = 0; i < chain_.size(); ++i)
    if (!components_.bottom[components_.of[i]])
      absorption.outcome.residual =
          larger(absorption.outcome.residual, std::abs(change[i]) / chain_.exit_rate[i] / scale);
  judge(absorption, larger(absorption.iterated, absorption.outcome.residual));
  absorption.seconds = watch.seconds();
  return absorption;
}

AbsorptionSolveInfo TransientPart::expected_total(const std::vector<double>& earned, std::vector<double>& h) const {
  const Stopwatch watch;
  double scale = 0;
  for (std::size_t i = 0; i < earned.size(); ++i)
    if (!components_.bottom[components_.of[i]]) scale = larger(scale, std::abs(earned[i]) / chain_.exit_rate[i]);
  h.assign(chain_.size(), 0.0);
  std::vector<double> b = earned;
  AbsorptionSolveInfo absorption = solve_columns({scale == 0 ? 1 : scale, true}, b, h);
  absorption.outcome.residual = absorption.iterated;
  judge(absorption, absorption.iterated);
  absorption.seconds = watch.seconds();
  return absorption;
}

}  // namespace steady::detail
