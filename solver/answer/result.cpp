#include "solver/answer/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "formats/base/larger.hpp"

namespace steady::detail {

namespace {

// The sum of pi(i) f(i) by a relative proof.
Figure proven_average(const Result& result, const std::function<double(State)>& f) {
  const Interval range = result.enclosure()(f);
  return {middle(range), range, true};
}

// A sum of p(i) f(i) over states i, enclosed, with low <= f <= high where p is not 0.
Figure average_in(const Result& result, const Interval& sum, double low, double high) {
  Figure figure{middle(sum), {}};
  if (!result.whole()) figure.estimated_error = result.estimated_error(figure.value);
  if (!result.bounded()) return figure;
  const double each = result.total_variation();
  // (p - pi) f = (p - pi) (f - low) + low (p - pi) 1: on any set p - pi is at most `each`.
  const double bound = multiply_up(each, add_up(add_up(high, -low), std::abs(low)));
  const Interval range = sum + Interval(-bound, bound);
  figure.proven = Interval(std::clamp(range.low, low, high), std::clamp(range.high, low, high));
  return figure;
}

// Of states whose probabilities sum to this.
Figure probability_in(const Result& result, const Interval& sum) { return average_in(result, sum, 0, 1); }

Marginal proven_marginal(const Result& result, std::size_t v) {
  const States& states = result.model.chain.states;
  const auto value_in = [&](State s) { return states.value(s, v); };
  Marginal marginal{states.packing.variables()[v].name,
                    proven_average(result, [&](State s) { return static_cast<double>(value_in(s)); }),
                    {}};
  std::set<std::int64_t> values;
  for (std::size_t i = 0; i < result.model.chain.size(); ++i) values.insert(value_in(static_cast<State>(i)));
  for (const std::int64_t value : values)
    marginal.probability[value] = proven_average(result, [&](State s) { return value_in(s) == value ? 1.0 : 0.0; });
  return marginal;
}

// Of variable number v, in states that were left out, too: there it may have any value that its range has.
Figure mean_of(const Result& result, std::size_t v, const Interval& mean,
               const std::map<std::int64_t, EnclosedSum>& found) {
  const Variable& variable = result.model.chain.states.packing.variables()[v];
  const bool whole = result.whole();
  const std::int64_t low = whole ? found.begin()->first : variable.low;
  const std::int64_t high = whole ? found.rbegin()->first : variable.high;
  Figure figure = average_in(result, mean, static_cast<double>(low), static_cast<double>(high));
  if (!whole && result.has_no_range(v)) figure.proven.reset();
  return figure;
}

Marginal marginal(const Result& result, std::size_t v) {
  const States& states = result.model.chain.states;
  const std::vector<double>& distribution = result.solution.distribution;
  std::map<std::int64_t, EnclosedSum> sums;
  EnclosedSum mean;
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    const std::int64_t value = states.value(i, v);
    sums[value].add_product(distribution[i], 1);
    mean.add_product(distribution[i], static_cast<double>(value));
  }
  Marginal marginal{states.packing.variables()[v].name, mean_of(result, v, mean.value(), sums), {}};
  for (const auto& [value, sum] : sums) marginal.probability[value] = probability_in(result, sum.value());
  return marginal;
}

// At least the total variation between two vectors: what either has more than the other in all.
double variation_between(const std::vector<double>& a, const std::vector<double>& b) {
  double more = 0, less = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] > b[i])
      more = add_up(more, add_up(a[i], -b[i]));
    else if (a[i] != b[i])
      less = add_up(less, add_up(b[i], -a[i]));
  return larger(more, less);
}

}  // namespace

bool Result::has_no_range(std::size_t v) const {
  return truncation && std::binary_search(truncation->unbounded.begin(), truncation->unbounded.end(), v);
}

double Result::total_variation() const {
  if (truncation_proven()) return truncation->total_variation;
  double least = INFINITY;
  if (certificate && certificate->proven) least = certificate->total_variation;
  if (relatively_proven())
    least = std::min(
        least, add_up(relative->total_variation, variation_between(relative->distribution, solution.distribution)));
  return least;
}

Enclosure Result::enclosure() const {
  return [this](const std::function<double(State)>& f) {
    Interval both(-INFINITY, INFINITY);
    const auto add = [&](const Interval& range) {
      if (range.finite()) both = Interval(std::max(both.low, range.low), std::min(both.high, range.high));
    };
    if (relatively_proven()) add(relative->proof.bounds(f));
    if (certificate && certificate->proven) add(enclose(f, *certificate));
    return both;
  };
}

bool Result::relative_reached() const {
  if (!relative_asked) return true;
  if (!proven()) return false;
  if (measures.empty()) return relatively_proven() && relative->proof.error() <= *relative_asked;
  const bool one_end = solution.components.size() == 1;
  return std::all_of(measures.begin(), measures.end(), [&](const Measure& measure) {
    const bool decided = measure.holds && (one_end || !measure.filter);
    const bool infinite = measure.value && std::isinf(*measure.value);  // by the chain's graph
    return decided || infinite || (measure.bound_relative && *measure.bound_relative <= *relative_asked);
  });
}

std::string_view Result::status() const {
  return reliable()                               ? "solved"
         : solution.slow_modes && long_run_wanted ? "not known"
         : !converged()                           ? "not converged"
                                                  : "not proven";
}

std::string Result::proof_reason() const {
  if (!proof_cut.empty() || proven()) return proof_cut;
  return certificate ? certificate->reason : relative ? relative->proof.reason() : "";
}

ProofMade Result::proof_of(const Measure& measure) const {
  ProofMade made{relatively_proven(), certificate || relative};
  if (measure.estimated_error)
    made.reason = truncation_proven()
                      ? "truncated, error not proven: a reward may have any value in the states left out"
                      : "truncated, error not proven";
  return made;
}

std::vector<Marginal> marginals(const Result& result) {
  std::vector<Marginal> all;
  for (std::size_t v = 0; v < result.model.chain.states.packing.variables().size(); ++v)
    all.push_back(result.relatively_proven() ? proven_marginal(result, v) : marginal(result, v));
  return all;
}

Figure probability_of(const Result& result, State state) {
  if (!result.relatively_proven()) return probability_in(result, result.solution.distribution[state]);
  const Interval range = result.relative->proof.bounds(state);
  return {middle(range), range, true};
}

Figure probability_of(const Result& result, const BottomComponent& part) {
  if (!result.whole()) return {part.weight, {}, false, 1.0};  // as transitions that leave may lead anywhere
  if (!result.proven()) return {part.weight, {}};
  if (result.relatively_proven()) {
    std::vector<bool> inside(result.model.chain.size());
    for (const State i : part.states) inside[i] = true;
    return proven_average(result, [&](State s) { return inside[s] ? 1.0 : 0.0; });
  }
  EnclosedSum sum;
  for (const State i : part.states) sum.add_product(result.solution.distribution[i], 1);
  return probability_in(result, sum.value());
}

Figure figure_of(const ProvenNumber& number) {
  Figure figure{number.value, {}};
  if (std::isfinite(number.lower) && std::isfinite(number.upper)) figure.proven = Interval(number.lower, number.upper);
  return figure;
}

std::vector<State> most_likely(const std::vector<double>& distribution, std::size_t count) {
  std::vector<State> states(distribution.size());
  std::iota(states.begin(), states.end(), State{0});
  const auto last = states.begin() + static_cast<std::ptrdiff_t>(std::min(count, states.size()));
  std::partial_sort(states.begin(), last, states.end(), [&](State a, State b) {
    return distribution[a] != distribution[b] ? distribution[a] > distribution[b] : a < b;
  });
  states.erase(last, states.end());
  return states;
}

}  // namespace steady::detail
