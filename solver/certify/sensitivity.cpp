#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/thread_count.hpp"
#include "formats/chain/arithmetic.hpp"
#include "solver/certify/sensitivity_solver.hpp"

namespace steady {

using namespace detail;
namespace {

bool has_witness(const Certificate* certificate) { return certificate != nullptr && certificate->proof; }

// The state alone to which the certificate's hitting times lead, else the likeliest.
std::vector<bool> reference_of(const Solution& solution, const Certificate* certificate) {
  std::vector<bool> states(solution.distribution.size(), false);
  const auto most = std::max_element(solution.distribution.begin(), solution.distribution.end());
  const auto likeliest = static_cast<std::size_t>(most - solution.distribution.begin());
  states[has_witness(certificate) ? certificate->proof->sets.reference.front() : likeliest] = true;
  return states;
}

// The derivative of what is made of a and b from theirs, da and db.
template <class Number>
Number derivative(Query::Arithmetic arithmetic, const Number& a, const Number& b, const Number& da, const Number& db) {
  using Arithmetic = Query::Arithmetic;
  if (arithmetic == Arithmetic::sum || arithmetic == Arithmetic::difference) return combined(arithmetic, da, db);
  if (arithmetic == Arithmetic::product) return da * b + a * db;
  return combined(Arithmetic::quotient, da - combined(Arithmetic::quotient, a, b) * db, b);
}

ProvenNumber proven(double value, const Interval& range) {
  const Interval known = range.finite() ? range : any_number;
  return {std::isfinite(value) ? value : NAN, known.low, known.high};
}

}  // namespace

SensitivitySolver::SensitivitySolver(const Model& model, const Solution& solution, const Certificate* certificate,
                                     Enclosure enclose, const Options& options, const Observer& observer)
    : model_(model),
      solution_(solution),
      enclose_(std::move(enclose)),
      long_run_(states_of_long_run(solution)),
      reference_(reference_of(solution, certificate)),
      passages_(model.chain, reference_, options, observer, opposite(direction_of(solution))) {
  const auto ends = std::count_if(solution.components.begin(), solution.components.end(),
                                  [](const BottomComponent& part) { return part.reachable; });
  if (ends > 1)
    throw Error(fmt::format("--sensitivity: the chain can end in {} bottom components, not in one alone", ends));
  require_closed();
  if (has_witness(certificate)) passages_.try_time(certificate->proof->hitting_times);
}

// Else a constant that is a little larger makes another bottom component.
void SensitivitySolver::require_closed() const {
  for (const Derivative& by : model_.derivatives)
    for (std::size_t s = 0; s < long_run_.size(); ++s)
      for (std::uint64_t k = by.rates.row_start[s]; long_run_[s] && k < by.rates.row_start[s + 1]; ++k)
        if (!long_run_[by.rates.column[k]])
          throw Error(fmt::format("--sensitivity: where {} changes, state {} is left for another part of the chain",
                                  by.constant, model_.chain.states.describe(s)));
}

SensitivitySolver::Number SensitivitySolver::long_run(const std::function<double(State)>& f) const {
  double sum = 0;
  for (std::size_t s = 0; s < solution_.distribution.size(); ++s)
    if (solution_.distribution[s] != 0) sum += solution_.distribution[s] * f(static_cast<State>(s));
  return {sum, enclose_ ? enclose_(f) : any_number};
}

SensitivitySolver::Number SensitivitySolver::long_run(const std::vector<Number>& f) const {
  Number average = {0, any_number};
  for (std::size_t s = 0; s < f.size(); ++s) average.value += solution_.distribution[s] * f[s].value;
  const bool known = std::all_of(f.begin(), f.end(), [](const Number& x) { return x.range.finite(); });
  if (enclose_ && known)
    average.range = {enclose_([&](State s) { return f[s].range.low; }).low,
                     enclose_([&](State s) { return f[s].range.high; }).high};
  return average;
}

// g, and where it is.
std::vector<SensitivitySolver::Number> SensitivitySolver::enclose_totals(const Query& leaf, const Number& mean) {
  const auto rate = [&](State s) { return leaf.value(s) - mean.value; };
  const FirstPassage total = passages_.run(rate);
  if (!solved(total)) stop_ = total.solve.outcome.stop;
  if (longest_.empty()) longest_ = passages_.longest_times();
  const bool known = total.proven && !longest_.empty() && mean.range.finite();
  std::vector<Number> g;
  double off = known ? magnitude(mean.range - mean.value) : INFINITY;  // of f - m, in any state
  double rounding = 0;
  for (std::size_t s = 0; known && s < reference_.size(); ++s) {
    const auto state = static_cast<State>(s);
    rounding = std::max(rounding, magnitude(Interval(leaf.value(state)) - mean.value - rate(state)));
  }
  off = add_up(off, rounding);
  for (std::size_t s = 0; s < reference_.size(); ++s) {
    const double slack = known ? multiply_up(off, longest_[s]) : INFINITY;
    g.push_back(
        {total.value[s], known ? Interval(total.lower[s], total.upper[s]) + Interval(-slack, slack) : any_number});
  }
  return g;
}

SensitivitySolver::Varied SensitivitySolver::of_leaf(const Query& leaf) {
  Varied result{long_run(leaf.value), {}};
  if (enclose_ && result.value.range.finite()) result.value.value = middle(result.value.range);
  const std::vector<Number> g = enclose_totals(leaf, result.value);
  for (const Derivative& by : model_.derivatives) {
    std::vector<Number> change(g.size(), {0, 0});  // f' + Q' g
    for (std::size_t s = 0; s < g.size(); ++s) {
      if (!long_run_[s]) continue;
      if (leaf.reward) change[s] = {by.rewards[*leaf.reward][s], by.rewards[*leaf.reward][s]};
      for (std::uint64_t k = by.rates.row_start[s]; k < by.rates.row_start[s + 1]; ++k) {
        const Number& to = g[by.rates.column[k]];
        change[s].value += by.rates.value[k] * (to.value - g[s].value);
        change[s].range = change[s].range + Interval(by.rates.value[k]) * (to.range - g[s].range);
      }
    }
    result.derivatives.push_back(solved(stop_) ? long_run(change) : Number{NAN, any_number});
  }
  return result;
}

SensitivitySolver::Varied SensitivitySolver::varied(const Query& query) {
  const std::size_t count = model_.derivatives.size();
  if (query.constant) return {{*query.constant, *query.constant}, std::vector<Number>(count, Number{0, 0})};
  if (query.arithmetic == Query::Arithmetic::none) return of_leaf(query);
  const Varied a = varied(query.operands[0]), b = varied(query.operands[1]);
  Varied result{{combined(query.arithmetic, a.value.value, b.value.value),
                 combined(query.arithmetic, a.value.range, b.value.range)},
                {}};
  for (std::size_t k = 0; k < count; ++k)
    result.derivatives.push_back(
        {derivative(query.arithmetic, a.value.value, b.value.value, a.derivatives[k].value, b.derivatives[k].value),
         derivative(query.arithmetic, a.value.range, b.value.range, a.derivatives[k].range, b.derivatives[k].range)});
  return result;
}

std::vector<Sensitivity> SensitivitySolver::run(const Query& query) {
  require_long_run_value(query);
  const Varied all = varied(query);
  std::vector<Sensitivity> result;
  for (std::size_t k = 0; k < all.derivatives.size(); ++k) {
    const Derivative& by = model_.derivatives[k];
    const Number& slope = all.derivatives[k];
    result.push_back({by.constant, proven(slope.value, slope.range),
                      proven(by.value * slope.value / all.value.value,
                             quotient(Interval(by.value) * slope.range, all.value.range))});
  }
  return result;
}

void require_long_run_value(const Query& query) {
  const std::vector<const Query*> leaves = leaves_of(query);
  const bool passes = std::any_of(leaves.begin(), leaves.end(), [](const Query* leaf) { return bool(leaf->target); });
  if (query.filter || passes || query.connective != Query::Connective::none)
    throw Error(fmt::format("--sensitivity: {} is not one value of the long run", query.property));
}

std::vector<Sensitivity> sensitivities(const Model& model, const Query& query, const Solution& solution,
                                       const std::optional<Certificate>& certificate, const Options& options,
                                       const Observer& observer) {
  check_options(options);
  require_whole(model.chain);
  require_one_entry_a_state(solution.distribution, model.chain, "solution");
  const ThreadCount threads(options.threads);
  Enclosure enclosure;
  if (certificate && certificate->proven)
    enclosure = [&](const std::function<double(State)>& f) { return enclose(f, *certificate); };
  return SensitivitySolver(model, solution, certificate ? &*certificate : nullptr, enclosure, options, observer)
      .run(query);
}

}  // namespace steady
