#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <steady/certify.hpp>

#include "formats/base/block_sum.hpp"
#include "formats/base/deadline.hpp"
#include "formats/chain/arithmetic.hpp"
#include "solver/certify/certify.hpp"
#include "solver/elimination/elimination.hpp"

namespace steady {

using namespace detail;

Direction detail::direction_of(const Solution& solution) {
  for (auto attempt = solution.tried.rbegin(); attempt != solution.tried.rend(); ++attempt) {
    if (attempt->config.direction == SweepDirection::forward) return Direction::forward;
    if (attempt->config.direction == SweepDirection::backward) return Direction::backward;
  }
  const Levels& levels = solution.structure.levels;
  return levels.forward >= levels.backward ? Direction::forward : Direction::backward;
}

std::vector<bool> detail::states_of_long_run(const Solution& solution) {
  std::vector<bool> inside(solution.distribution.size(), false);
  for (const BottomComponent& part : solution.components)
    for (const State s : part.states) inside[s] = part.reachable;
  return inside;
}

double detail::work_of(const Chain& chain, const Solution& solution) {
  const Levels& levels = solution.structure.levels;
  const std::size_t narrow = direction_of(solution) == Direction::forward ? levels.forward : levels.backward;
  double visited = static_cast<double>(solution.passes) * work_of_pass(chain.inflow, narrow);
  if (solution.tried.empty() || solution.tried.back().config.method != Method::gth) return visited;
  for (const BottomComponent& part : solution.components) {  // large ones are mostly eliminated sparsely
    const std::size_t states = part.states.size();
    visited += static_cast<double>(states) * std::pow(std::min(states, dense_limit), 2) / 3;
  }
  return visited;
}

namespace {

// The smallest and the largest value of f in the long run.
struct Extremes {
  double least = INFINITY, most = -INFINITY;
  Extremes& operator+=(const Extremes& other) {
    least = std::min(least, other.least);
    most = std::max(most, other.most);
    return *this;
  }
};

// All values that the measure can have: that of the proven distribution, more or less the bound times the spread of f,
// as far as an average of values of f can be there.
Interval proven_range(const std::function<double(State)>& f, const Certificate& certificate) {
  const std::vector<State>& component = certificate.proof->sets.component;
  const Extremes extremes = sum_over_blocks<Extremes>(component.size(), [&](std::size_t first, std::size_t last) {
    Extremes block;
    for (std::size_t i = first; i < last; ++i) {
      if (component[i] == no_component) continue;
      const double value = f(static_cast<State>(i));
      block += {value, value};
    }
    return block;
  });
  const ProvenDistribution& proven = *certificate.proof;
  const double spread = multiply_up(add_up(extremes.most, -extremes.least), proven.bound);
  const Interval range = expectation(f, proven.exact, proven.mass) + Interval(-spread, spread);
  if (!range.finite()) return range;
  return {std::clamp(range.low, extremes.least, extremes.most), std::clamp(range.high, extremes.least, extremes.most)};
}

// Nothing where the range decides nothing.
std::optional<bool> decide(const Interval& range, const Threshold& threshold) {
  const double bound = threshold.bound;
  switch (threshold.relation) {
    case Threshold::Relation::less:
      return range.high < bound ? std::optional(true) : range.low >= bound ? std::optional(false) : std::nullopt;
    case Threshold::Relation::at_most:
      return range.high <= bound ? std::optional(true) : range.low > bound ? std::optional(false) : std::nullopt;
    case Threshold::Relation::greater:
      return range.low > bound ? std::optional(true) : range.high <= bound ? std::optional(false) : std::nullopt;
    case Threshold::Relation::at_least:
      return range.low >= bound ? std::optional(true) : range.high < bound ? std::optional(false) : std::nullopt;
  }
  return std::nullopt;
}

// Whether a number is between two others, or infinite, which is a value without digits.
bool is_known(const Interval& range) { return range.finite() || is_infinite(range); }

std::optional<bool> decide_in(const Interval& range, const Threshold& threshold) {
  return is_known(range) ? decide(range, threshold) : std::nullopt;
}

// The answer to a comparison or a combination.
std::optional<bool> decide(const Query& query, const LeafEnclosure& enclose) {
  if (query.connective == Query::Connective::none)
    return decide_in(number_of<Interval>(query, enclose), *query.threshold);
  std::vector<std::optional<bool>> operands;
  for (const Query& operand : query.operands) operands.push_back(decide(operand, enclose));
  return combine(query.connective, operands);
}

// How far a value can be from the exact one, which is in the range.
double distance_to(const Interval& range, double value) {
  return std::max(add_up(range.high, -value), add_up(value, -range.low));
}

// The largest errors that a measure's values can have.
class LargestErrors {
 public:
  void add(const Interval& range, double value) {
    if (is_infinite(range)) return;  // so is the value, by the same graph
    const double bound = std::max(distance_to(range, value), 0.0);
    const double least = range.low > 0 ? range.low : std::max(-range.high, 0.0);
    bound_ = std::max(bound_, bound);
    if (bound > 0) relative_ = std::max(relative_, least > 0 ? divide_up(bound, least) : INFINITY);
  }
  void store(Measure& measure) const {
    measure.bound = bound_;
    if (std::isfinite(relative_)) measure.bound_relative = relative_;
  }

 private:
  double bound_ = 0, relative_ = 0;
};

// The value, or where that is no value that the exact one can have, one that is.
double within(const Interval& range, double value) {
  return range.low <= value && value <= range.high ? value : middle(range) + 0.0;  // no -0
}

// Adds the bounds of the measure's one value.
void bound_value(const Interval& range, Measure& measure) {
  measure.value = within(range, *measure.value);
  measure.lower = range.low + 0.0;
  measure.upper = range.high + 0.0;
  LargestErrors errors;
  errors.add(range, *measure.value);
  errors.store(measure);
}

// What a filter makes of ranges.
Interval filtered(Filter::Kind kind, const std::vector<Interval>& ranges) {
  Interval least(INFINITY), most(-INFINITY);
  ExactSum low, high;
  for (const Interval& range : ranges) {
    least = Interval(std::min(least.low, range.low), std::min(least.high, range.high));
    most = Interval(std::max(most.low, range.low), std::max(most.high, range.high));
    low.add(range.low);
    high.add(range.high);
  }
  if (kind == Filter::Kind::average)
    return Interval(low.value().low, high.value().high) / static_cast<double>(ranges.size());
  return kind == Filter::Kind::max ? most : least;
}

// Adds the bounds of each of the measure's several values: those of a range, or of print.
void bound_several(const Query& query, const std::vector<Interval>& ranges, Measure& measure) {
  LargestErrors errors;
  const auto add = [&](const Interval& range, double& value) {
    errors.add(range, value = within(range, value));
    measure.bounds_of_each.push_back({range.low, range.high});
  };
  if (measure.filter == Filter::Kind::range) {
    add(filtered(Filter::Kind::min, ranges), measure.low);
    add(filtered(Filter::Kind::max, ranges), measure.high);
  } else {
    auto printed = measure.by_state.begin();
    for (std::size_t k = 0; k < ranges.size(); ++k) {
      if (printed != measure.by_state.end() && printed->state == query.filter->states[k])
        add(ranges[k], (printed++)->value);
      else
        errors.add(ranges[k], 0);
    }
  }
  errors.store(measure);
}

// The answer of a filter that asks for one, from the answers of its states as far as they are known.
std::optional<bool> filtered(Filter::Kind kind, const std::vector<std::optional<bool>>& answers) {
  const auto connective =
      kind == Filter::Kind::exists ? Query::Connective::disjunction : Query::Connective::conjunction;
  return combine(connective, answers);
}

}  // namespace

Certificate certify(const Chain& chain, Solution& solution, double target, Effort effort,
                    const std::function<bool()>& interrupted, Checked checked, const Certificate* similar) {
  CertifyOptions options;
  options.target = target;
  options.interrupted = interrupted;
  options.similar = similar;
  options.work = effort == Effort::any ? INFINITY : std::max(2 * work_of(chain, solution), options.work);
  const auto kept = std::exchange(solution.kept, nullptr);
  const ProofHints hints{direction_of(solution), solution.eliminated, kept.get()};
  Certificate certificate = certify(chain, solution.distribution, options, hints, checked);
  if (certificate.improved) {
    solution.distribution = certificate.distribution;
    measure_residual(chain, solution);
  }
  return certificate;
}

std::optional<Certificate> certify_or_check(const Chain& chain, Solution& solution, const Options& options,
                                            const Observer& observer, double target, Effort effort,
                                            const std::function<bool()>& interrupted, Checked checked,
                                            const Certificate* similar) {
  constexpr double useful = 1e-6;
  constexpr std::size_t soon_checked = 500'000;  // transitions
  constexpr double grace = 0.5;                  // seconds, in which that is done
  if (!solution.converged && effort == Effort::modest) return std::nullopt;
  const Deadline deadline(options.time_limit);
  Certificate certificate = certify(chain, solution, target, effort, interrupted, checked, similar);
  const bool all_starts = solution.components.size() > 1 && !solution.conditional.empty();  // more than is proven
  const bool near = certificate.proven && certificate.total_variation <= std::max(useful, target);
  if (near && certificate.improved)
    solution.converged = true;  // whatever the methods came to: it is another answer now
  if (solution.eliminated || (!all_starts && near)) return certificate;
  const bool soon = chain.inflow.entries() <= soon_checked;
  if (!soon && interrupted()) {
    solution.converged = false;
    return certificate;
  }
  const Observer stopping{observer.on_iteration, [&] { return observer.interrupted() || interrupted(); }};
  Options left = options;
  left.time_limit = deadline.left();
  if (soon && left.time_limit > 0) left.time_limit = std::max(left.time_limit, grace);
  check_aggregates(chain, solution, left, soon ? observer : stopping, checked);
  if (solution.eliminated) certificate = certify(chain, solution, target, effort, interrupted, Checked::yes);
  return certificate;
}

bool is_reliable(const Solution& solution, const std::optional<Certificate>& certificate,
                 const std::optional<double>& asked) {
  if (!asked) return solution.converged;
  return certificate && certificate->proven && certificate->total_variation <= *asked;
}

Interval detail::enclose(const std::function<double(State)>& f, const Certificate& certificate) {
  return proven_range(f, certificate);
}

Interval detail::enclose(const Query& leaf, const Enclosure& average) {
  if (!leaf.error) return average(leaf.value);
  return {average([&](State s) { return add_down(leaf.value(s), -leaf.error(s)); }).low,
          average([&](State s) { return add_up(leaf.value(s), leaf.error(s)); }).high};
}

void detail::prove(const Query& query, const LeafEnclosure& enclose, Measure& measure) {
  const bool number = query.connective == Query::Connective::none;
  const Interval range = number ? number_of<Interval>(query, enclose) : Interval(-INFINITY, INFINITY);
  if (query.boolean()) {
    measure.holds = number ? decide_in(range, *query.threshold) : decide(query, enclose);
    measure.undecided = !measure.holds;
  }
  if (measure.value && range.finite()) bound_value(range, measure);
}

void detail::prove_filtered(const Query& query, const LeafEnclosures& enclose, Measure& measure) {
  std::map<const Query*, std::vector<Interval>> leaves;
  for (const Query* leaf : leaves_of(query)) leaves[leaf] = enclose(*leaf);
  std::vector<Interval> ranges;
  std::vector<std::optional<bool>> answers;
  for (const State s : query.filter->states) {
    const LeafEnclosure in_state = [&](const Query& leaf) { return leaves.at(&leaf)[s]; };
    if (query.boolean())
      answers.push_back(decide(query, in_state));
    else
      ranges.push_back(number_of<Interval>(query, in_state));
  }
  const bool answered = measure.holds || measure.undecided;  // by one truth value, not one a state
  if (query.boolean() && answered) {
    measure.holds = filtered(query.filter->kind, answers);
    measure.undecided = !measure.holds;
  }
  if (query.boolean() || measure.undecided || !std::all_of(ranges.begin(), ranges.end(), is_known)) return;
  if (!measure.value) return bound_several(query, ranges, measure);
  if (const Interval range = filtered(query.filter->kind, ranges); range.finite()) bound_value(range, measure);
}

void prove(const Query& query, const Certificate& certificate, Measure& measure) {
  const Enclosure average = [&](const std::function<double(State)>& f) { return enclose(f, certificate); };
  const auto enclosure = [&](const Query& leaf) {
    return leaf.target ? Interval(-INFINITY, INFINITY) : enclose(leaf, average);
  };
  if (!query.filter) return prove(query, enclosure, measure);
  prove_filtered(
      query,
      [&](const Query& leaf) {
        return std::vector<Interval>(query.filter->states.back() + std::size_t{1}, enclosure(leaf));
      },
      measure);
}

}  // namespace steady
