#include <algorithm>
#include <cmath>
#include <utility>

#include <steady/certify.hpp>

#include "formats/base/block_sum.hpp"
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

std::optional<bool> decide_in(const Interval& range, const Threshold& threshold) {
  return range.finite() ? decide(range, threshold) : std::nullopt;
}

// The answer to a comparison or a combination.
std::optional<bool> decide(const Query& query, const Enclosure& enclose) {
  if (query.connective == Query::Connective::none) return decide_in(enclose(query.value), *query.threshold);
  std::vector<std::optional<bool>> operands;
  for (const Query& operand : query.operands) operands.push_back(decide(operand, enclose));
  return combine(query.connective, operands);
}

// Adds the bounds of the measure's values, all of which the range holds for.
void bound_values(const Interval& range, Measure& measure) {
  measure.lower = range.low;
  measure.upper = range.high;
  double bound = 0;
  for (const double value : values_of(measure))
    bound = std::max({bound, add_up(range.high, -value), add_up(value, -range.low)});
  measure.bound = bound;
  const double least = range.low > 0 ? range.low : std::max(-range.high, 0.0);
  if (bound == 0)
    measure.bound_relative = 0;
  else if (const double relative = divide_up(bound, least); least > 0 && std::isfinite(relative))
    measure.bound_relative = relative;
}

}  // namespace

Certificate certify(const Chain& chain, Solution& solution, double target, Effort effort,
                    const std::function<bool()>& interrupted, Checked checked) {
  CertifyOptions options;
  options.target = target;
  options.interrupted = interrupted;
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
                                            const std::function<bool()>& interrupted, Checked checked) {
  constexpr double useful = 1e-6;
  constexpr std::size_t soon_checked = 500'000;  // transitions
  if (!solution.converged && effort == Effort::modest) return std::nullopt;
  Certificate certificate = certify(chain, solution, target, effort, interrupted, checked);
  const bool all_starts = solution.components.size() > 1 && !solution.conditional.empty();  // more than is proven
  if (solution.eliminated ||
      (!all_starts && certificate.proven && certificate.total_variation <= std::max(useful, target)))
    return certificate;
  const bool soon = chain.inflow.entries() <= soon_checked;
  if (!soon && interrupted()) {
    solution.converged = false;
    return certificate;
  }
  const Observer stopping{observer.on_iteration, [&] { return observer.interrupted() || interrupted(); }};
  check_aggregates(chain, solution, options, soon ? observer : stopping, checked);
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

void detail::prove(const Query& query, const Enclosure& enclose, Measure& measure) {
  const bool answered = measure.holds || measure.undecided;  // by one truth value, not one a state
  const bool combination = query.connective != Query::Connective::none;
  const bool number = !combination && !(query.filter && query.boolean()) && !values_of(measure).empty();
  const Interval range = number ? enclose(query.value) : Interval(-INFINITY, INFINITY);
  if (query.boolean() && answered) {
    measure.holds = number ? decide_in(range, *query.threshold) : decide(query, enclose);
    measure.undecided = !measure.holds;
  }
  if (number && range.finite() && !(measure.undecided && !measure.value)) bound_values(range, measure);
}

void prove(const Query& query, const Certificate& certificate, Measure& measure) {
  prove(
      query, [&](const std::function<double(State)>& f) { return enclose(f, certificate); }, measure);
}

}  // namespace steady
