#include "solver/certify/long_run_sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <steady/error.hpp>

#include "formats/chain/arithmetic.hpp"

namespace steady::detail {
namespace {

std::vector<State> components_of(const Solution& solution) {
  std::vector<State> component(solution.distribution.size(), no_component);
  State next = 0;
  for (const BottomComponent& part : solution.components) {
    if (!part.reachable) continue;
    for (const State s : part.states) component[s] = next;
    ++next;
  }
  return component;
}

// One state of each component: those to which the certificate's hitting times lead, else the likeliest.
std::vector<bool> references_of(const Solution& solution, const Certificate* certificate) {
  std::vector<bool> states(solution.distribution.size(), false);
  if (certificate != nullptr && certificate->proof) {
    for (const State s : certificate->proof->sets.reference) states[s] = true;
    return states;
  }
  const auto less_likely = [&](State a, State b) { return solution.distribution[a] < solution.distribution[b]; };
  for (const BottomComponent& part : solution.components)
    if (part.reachable) states[*std::max_element(part.states.begin(), part.states.end(), less_likely)] = true;
  return states;
}

// What the numbers differ by from their values, at most.
double largest_error(const std::vector<EnclosedNumber>& numbers) {
  double most = 0;
  for (const EnclosedNumber& m : numbers) most = std::max(most, magnitude(m.range - m.value));
  return most;
}

bool known(const std::vector<EnclosedNumber>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](const EnclosedNumber& x) { return x.range.finite(); });
}

// The passage's totals, each with an error of `off` a unit of time, and `plus`, more.
std::vector<EnclosedNumber> widened(const FirstPassage& passage, bool provable, double off, double plus) {
  std::vector<EnclosedNumber> totals = totals_of(passage, provable);
  for (std::size_t s = 0; provable && passage.proven && s < totals.size(); ++s) {
    const double slack = add_up(plus, multiply_up(off, passage.longest[s]));
    totals[s].range = totals[s].range + Interval(-slack, slack);
  }
  return totals;
}

}  // namespace

LongRunSensitivity::LongRunSensitivity(const Model& model, const Solution& solution, const Certificate* certificate,
                                       const Enclosure& enclose, const std::function<Options()>& left,
                                       const Observer& observer)
    : model_(model),
      solution_(solution),
      enclose_(enclose),
      component_(components_of(solution)),
      long_run_(states_of_long_run(solution)),
      reference_(references_of(solution, certificate)),
      passages_(model.chain, reference_, left(), observer, opposite(direction_of(solution))) {
  require_closed();
  if (certificate != nullptr && certificate->proof) passages_.try_time(certificate->proof->hitting_times);
  for (const BottomComponent& part : solution.components)
    if (part.reachable) lone_.push_back(part.states.size() == 1 ? std::optional(part.states.front()) : std::nullopt);
  if (lone_.size() == 1) return;
  weights_ = parts([](State) { return 1.0; });
  outside_.emplace(model.chain, long_run_, left(), observer);
  if (!solved(outside_->visits.stop())) stop_ = outside_->visits.stop();
}

// Else a constant that is a little larger makes another bottom component.
void LongRunSensitivity::require_closed() const {
  for (const Derivative& by : model_.derivatives)
    for (std::size_t s = 0; s < component_.size(); ++s)
      for (std::uint64_t k = by.rates.row_start[s]; long_run_[s] && k < by.rates.row_start[s + 1]; ++k)
        if (component_[by.rates.column[k]] != component_[s])
          throw Error(fmt::format("--sensitivity: where {} changes, state {} is left for another part of the chain",
                                  by.constant, model_.chain.states.describe(s)));
}

EnclosedNumber LongRunSensitivity::average(const std::function<double(State)>& f) const {
  double sum = 0;
  for (std::size_t s = 0; s < solution_.distribution.size(); ++s)
    if (solution_.distribution[s] != 0) sum += solution_.distribution[s] * f(static_cast<State>(s));
  return known_number(sum, enclose_ ? enclose_(f) : any_number);
}

// Of numbers that are enclosed.
EnclosedNumber LongRunSensitivity::average(const Numbers& f) const {
  double sum = 0;
  for (std::size_t s = 0; s < f.size(); ++s) sum += solution_.distribution[s] * f[s].value;
  if (!enclose_ || !known(f)) return {sum, any_number};
  return known_number(sum, {enclose_([&](State s) { return f[s].range.low; }).low,
                            enclose_([&](State s) { return f[s].range.high; }).high});
}

// Of each component, what it adds to the average; of lone states not enclosed.
LongRunSensitivity::Numbers LongRunSensitivity::parts(const std::function<double(State)>& f) const {
  constexpr double most_work = 1e9;  // states looked at for all enclosures
  const std::size_t n = component_.size();
  std::vector<double> sums(lone_.size(), 0.0);
  for (std::size_t s = 0; s < n; ++s)
    if (long_run_[s]) sums[component_[s]] += solution_.distribution[s] * f(static_cast<State>(s));
  const bool enclosing = enclose_ && static_cast<double>(n) * static_cast<double>(sums.size()) <= most_work;
  Numbers parts;
  for (State c = 0; c < sums.size(); ++c) {
    const auto of_component = [&](State s) { return component_[s] == c ? f(s) : 0.0; };
    parts.push_back(known_number(sums[c], enclosing && !lone_[c] ? enclose_(of_component) : any_number));
  }
  return parts;
}

// m of each component.
LongRunSensitivity::Numbers LongRunSensitivity::means(const Query& leaf) const {
  if (!outside_) return {average(leaf.value)};
  Numbers means = parts(leaf.value);
  for (std::size_t c = 0; c < means.size(); ++c)
    means[c] = lone_[c] ? EnclosedNumber{leaf.value(*lone_[c]), leaf.value(*lone_[c])}
                        : known_number(quotient(means[c].value, weights_[c].value),
                                       quotient(means[c].range, weights_[c].range));
  return means;
}

// g
LongRunSensitivity::Numbers LongRunSensitivity::totals(const Query& leaf, const Numbers& means) {
  const auto rate = [&](State s) {
    return component_[s] == no_component ? 0.0 : leaf.value(s) - means[component_[s]].value;
  };
  double rounding = 0;
  for (std::size_t s = 0; s < component_.size(); ++s) {
    const auto state = static_cast<State>(s);
    if (component_[s] == no_component) continue;
    rounding = std::max(rounding, magnitude(Interval(leaf.value(state)) - means[component_[s]].value - rate(state)));
  }
  const double off = add_up(largest_error(means), rounding);
  const FirstPassage total = passages_.run(rate, known(means) ? off : 0);
  if (!solved(total)) stop_ = total.solve.outcome.stop;
  return widened(total, known(means), off, 0);
}

// u, as a passage whose target the components are: their m is earned on the way into them.
LongRunSensitivity::Ends LongRunSensitivity::expected_means(const Numbers& means) {
  const Csr& in = model_.chain.inflow;
  std::vector<Interval> earned(component_.size());
  for (std::size_t s = 0; s < component_.size(); ++s)
    for (std::uint64_t k = in.row_start[s]; long_run_[s] && k < in.row_start[s + 1]; ++k)
      if (!long_run_[in.column[k]])
        earned[in.column[k]] = earned[in.column[k]] + Interval(in.value[k]) * means[component_[s]].value;
  double rounding = 0;
  for (const Interval& rate : earned) rounding = std::max(rounding, magnitude(rate - middle(rate)));
  FirstPassage end = outside_->passages.run([&](State s) { return middle(earned[s]); });
  if (!solved(end)) stop_ = end.solve.outcome.stop;
  Ends ends{widened(end, known(means), rounding, largest_error(means)), std::move(end.longest)};
  for (std::size_t s = 0; s < component_.size(); ++s)
    if (long_run_[s]) ends.mean[s] = means[component_[s]];
  return ends;
}

// y Q' u
EnclosedNumber LongRunSensitivity::by_ends(const Derivative& by, const Ends& ends) const {
  Numbers change(component_.size());
  for (std::size_t s = 0; s < change.size(); ++s)
    if (outside_->visits.reach(static_cast<State>(s))) change[s] = change_in(by, static_cast<State>(s), ends.mean);
  return outside_->visits.total(change, ends.longest);
}

VariedValue LongRunSensitivity::of(const Query& leaf) {
  const Numbers m = means(leaf);
  VariedValue result{outside_ ? average(leaf.value) : m.front(), {}};
  if (!std::all_of(m.begin(), m.end(), [](const EnclosedNumber& x) { return std::isfinite(x.value); })) {
    stop_ = Stop::broke_down;  // a component's probability is less than any double
    result.derivatives.assign(model_.derivatives.size(), unknown_number);
    return result;
  }
  const Numbers g = totals(leaf, m);
  const std::optional<Ends> ends = outside_ ? std::optional(expected_means(m)) : std::nullopt;
  for (const Derivative& by : model_.derivatives) {
    Numbers change(g.size());  // f' + Q' g
    for (std::size_t s = 0; s < change.size(); ++s)
      if (long_run_[s])
        change[s] = earned_in(by, static_cast<State>(s), leaf) + change_in(by, static_cast<State>(s), g);
    EnclosedNumber derivative = average(change);
    if (ends) derivative = derivative + by_ends(by, *ends);
    result.derivatives.push_back(solved(stop_) ? derivative : unknown_number);
  }
  return result;
}

}  // namespace steady::detail
