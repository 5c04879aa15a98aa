#include "solver/certify/passages.hpp"

#include <algorithm>
#include <cmath>

#include "formats/base/deadline.hpp"

namespace steady::detail {
namespace {

// Long runs do not ask for the states that are left for good, where totals may be infinite.
std::function<double(State)> only_in(const std::vector<bool>& inside, const std::vector<double>& values) {
  return [&](State s) { return inside[s] ? values[s] : 0.0; };
}

}  // namespace

void Passages::solve(const std::vector<Query>& queries, const Options& options, const Observer& observer) {
  const Deadline deadline(options.time_limit);
  for (const Query& query : queries)
    for (const Query* leaf : leaves_of(query)) {
      if (!leaf->target) continue;
      std::vector<bool> target(chain_.size());
      for (std::size_t s = 0; s < target.size(); ++s) target[s] = leaf->target(static_cast<State>(s));
      Options left = options;
      left.time_limit = deadline.left();
      FirstPassage& found = found_[leaf] = first_passage(chain_, target, leaf->value, left, observer, Checked::yes);
      if (solved(found)) continue;
      for (std::size_t s = 0; s < target.size(); ++s)  // no iterate is an answer
        if (!target[s] && std::isfinite(found.value[s])) found.value[s] = NAN;
    }
}

// The states that the chain starts from.
std::vector<bool> Passages::starting_states() const {
  if (start_ == Start::long_run) return states_of_long_run(solution_);
  std::vector<bool> states(chain_.size(), false);
  for (const auto& [state, probability] : chain_.initial) states[state] = probability > 0;
  return states;
}

// Whether a state with infinite totals is among those that the chain starts from.
bool Passages::infinite(const FirstPassage& passage) const {
  const std::vector<bool> starts = starting_states();
  for (std::size_t s = 0; s < starts.size(); ++s)
    if (starts[s] && std::isinf(passage.value[s])) return true;
  return false;
}

double Passages::value(const Query& leaf) const {
  const FirstPassage& passage = found_.at(&leaf);
  if (infinite(passage)) return INFINITY;
  double sum = 0;
  if (start_ == Start::long_run) {
    if (const Interval range = enclosure(leaf); range.finite()) return middle(range);
    const std::vector<bool> inside = starting_states();
    for (std::size_t s = 0; s < inside.size(); ++s)
      if (inside[s]) sum += solution_.distribution[s] * passage.value[s];
  } else {
    for (const auto& [state, probability] : chain_.initial)
      if (probability > 0) sum += probability * passage.value[state];
  }
  return std::isfinite(sum) ? sum : NAN;
}

Interval Passages::enclosure(const Query& leaf) const {
  const FirstPassage& passage = found_.at(&leaf);
  if (infinite(passage)) return INFINITY;
  if (!passage.proven) return any_number;
  const Interval range = start_ == Start::long_run ? from_long_run(passage) : from_initial(passage);
  return range.finite() ? range : any_number;
}

Interval Passages::from_long_run(const FirstPassage& passage) const {
  if (!enclose_) return any_number;
  const std::vector<bool> inside = starting_states();
  return {enclose_(only_in(inside, passage.lower)).low, enclose_(only_in(inside, passage.upper)).high};
}

Interval Passages::from_initial(const FirstPassage& passage) const {
  Interval sum;
  ExactSum total;
  for (const auto& [state, probability] : chain_.initial) {
    if (!(probability > 0)) continue;
    sum = sum + Interval(passage.lower[state], passage.upper[state]) * probability;
    total.add(probability);
  }
  return sum / total.value();
}

std::vector<Interval> Passages::enclosures(const Query& leaf) const {
  const FirstPassage& passage = found_.at(&leaf);
  std::vector<Interval> ranges(passage.value.size(), any_number);
  for (std::size_t s = 0; s < ranges.size(); ++s)
    if (std::isinf(passage.value[s]))
      ranges[s] = INFINITY;
    else if (passage.proven)
      ranges[s] = {passage.lower[s], passage.upper[s]};
  return ranges;
}

Stop Passages::stop() const {
  for (const auto& [leaf, passage] : found_)
    if (!solved(passage)) return passage.solve.outcome.stop;
  return Stop::converged;
}

double Passages::seconds() const {
  double sum = 0;
  for (const auto& [leaf, passage] : found_) sum += passage.solve.seconds;
  return sum;
}

}  // namespace steady::detail
