#include "solver/certify/visits.hpp"

#include <algorithm>

#include "solver/certify/checker.hpp"
#include "solver/certify/stopped_chain.hpp"
#include "solver/transient.hpp"

namespace steady::detail {
namespace {

// y, of the states of `inside`; 0 elsewhere.
std::vector<double> expected_times(const Chain& chain, const std::vector<bool>& inside, const Options& options,
                                   const Observer& observer, Stop& stop) {
  const Chain stopped = stopped_chain(chain, inside);
  const Components components = find_components(stopped);
  const Grouping grouping = group_states(components);
  std::vector<double> y;
  stop = TransientPart(stopped, components, grouping, options, observer).expected_time(y).outcome.stop;
  std::vector<double> everywhere(chain.size(), 0.0);
  for (std::size_t s = 0, k = 0; s < inside.size(); ++s)
    if (inside[s]) everywhere[s] = y[k++];
  return everywhere;
}

}  // namespace

Visits::Visits(const Chain& chain, const std::vector<bool>& target, const Options& options, const Observer& observer)
    : reached_(chain.size(), false), rest_(chain.size(), 0.0) {
  const std::vector<bool> inside = surely_arriving(chain.inflow, target);
  const Checker checker(chain);
  std::vector<Interval> rest(chain.size());
  ExactSum mass;
  for (const auto& [state, probability] : chain.initial) {
    mass.add(probability);
    if (!(probability > 0) || !inside[state]) continue;
    reached_[state] = true;
    rest[state] = probability;
  }
  mass_ = mass.value();
  reached_ = led_to(checker.outflow(), reached_, inside);
  time_ = expected_times(chain, inside, options, observer, stop_);
  const std::vector<Interval> flow = checker.row_product({time_});
  for (std::size_t s = 0; s < rest.size(); ++s)
    if (reached_[s]) rest_[s] = magnitude(rest[s] + flow[s]);
}

EnclosedNumber Visits::total(const std::vector<EnclosedNumber>& w, const std::vector<double>& longest) const {
  double value = 0, most = 0, slack = 0;
  EnclosedSum low, high;
  bool known = !longest.empty();
  for (std::size_t s = 0; s < w.size(); ++s) {
    if (!reached_[s]) continue;
    value += time_[s] * w[s].value;
    known = known && w[s].range.finite() && time_[s] >= 0;
    if (!known) continue;
    low.add_product(time_[s], w[s].range.low);
    high.add_product(time_[s], w[s].range.high);
    most = std::max(most, magnitude(w[s].range));
    slack = add_up(slack, multiply_up(rest_[s], longest[s]));
  }
  if (!known) return {value, any_number};
  const double off = multiply_up(slack, most);
  return known_number(value, (Interval(low.value().low, high.value().high) + Interval(-off, off)) / mass_);
}

}  // namespace steady::detail
