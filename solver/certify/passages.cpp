#include "solver/certify/passages.hpp"

#include <algorithm>
#include <cmath>

#include "formats/base/deadline.hpp"
#include "solver/certify/renewal.hpp"

namespace steady::detail {
namespace {

// Long runs do not ask for the states that are left for good, where totals may be infinite.
std::function<double(State)> only_in(const std::vector<bool>& inside, const std::vector<double>& values) {
  return [&](State s) { return inside[s] ? values[s] : 0.0; };
}

// Takes in that what is earned in a state is only known within an error.
void add_errors(const Query& leaf, const std::function<FirstPassage(const std::function<double(State)>&)>& solve,
                FirstPassage& found) {
  for (std::size_t s = 0; found.proven && s < found.value.size(); ++s)
    found.proven = std::isfinite(leaf.error(static_cast<State>(s)));
  if (!found.proven) return;
  FirstPassage least = solve([&](State s) { return add_down(leaf.value(s), -leaf.error(s)); });
  FirstPassage most = solve([&](State s) { return add_up(leaf.value(s), leaf.error(s)); });
  found.proven = least.proven && most.proven;
  found.lower = std::move(least.lower);
  found.upper = std::move(most.upper);
}

}  // namespace

void Passages::solve(const std::vector<Query>& queries, const Options& options, const Observer& observer) {
  const Deadline deadline(options.time_limit);
  for (const Query& query : queries)
    for (const Query* leaf : leaves_of(query)) {
      if (!leaf->target) continue;
      const Left left = [&] {
        Options now = options;
        now.time_limit = deadline.left();
        return now;
      };
      if (start_ == Start::initial && !query.filter)
        find_from_initial(*leaf, left, observer);
      else
        find(*leaf, left, observer);
    }
}

FirstPassage& Passages::find(const Query& leaf, const Left& left, const Observer& observer) {
  std::vector<bool> target(chain_.size());
  for (std::size_t s = 0; s < target.size(); ++s) target[s] = leaf.target(static_cast<State>(s));
  const auto solve = [&](const std::function<double(State)>& value) {
    return first_passage(chain_, target, value, left(), observer, Checked::yes);
  };
  FirstPassage& found = found_[&leaf] = solve(leaf.value);
  if (leaf.error) add_errors(leaf, solve, found);
  return found;
}

// What many iterations do not solve from every state is a rare event: it is proven from the initial states alone, and
// only else iterated for as long as it takes.
void Passages::find_from_initial(const Query& leaf, const Left& left, const Observer& observer) {
  constexpr std::size_t many = 1000;
  const std::size_t most = left().max_iterations;
  const bool hasty = most == 0 || most > many;
  const FirstPassage& found = find(
      leaf,
      [&] {
        Options now = left();
        if (hasty) now.max_iterations = many;
        return now;
      },
      observer);
  renew(leaf, left(), observer);
  const bool cut = hasty && found.solve.outcome.stop == Stop::iteration_limit;
  if (cut && !renewed_.contains(&leaf)) find(leaf, left, observer);
}

// Where the bounds leave no digits; of uncertain rates nothing better may be true.
void Passages::renew(const Query& leaf, const Options& options, const Observer& observer) {
  const double enough = chain_.rate_error.empty() ? 1e-6 : 1;
  const Interval range = enclosure(leaf);
  const double width = range.finite() ? range.high - range.low : INFINITY;
  FirstPassage& found = found_.at(&leaf);
  if (infinite(found) || (range.finite() && width <= enough * magnitude(range))) return;
  const Stopwatch watch;
  const auto total = total_by_renewal(chain_, leaf, options, observer);
  if (total && total->high - total->low < width) renewed_[&leaf] = *total;
  found.solve.seconds += watch.seconds();
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
  if (const auto renewed = renewed_.find(&leaf); renewed != renewed_.end()) return middle(renewed->second);
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
  if (const auto renewed = renewed_.find(&leaf); renewed != renewed_.end()) return renewed->second;
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
    if (!solved(passage) && !renewed_.contains(leaf)) return passage.solve.outcome.stop;
  return Stop::converged;
}

double Passages::seconds() const {
  double sum = 0;
  for (const auto& [leaf, passage] : found_) sum += passage.solve.seconds;
  return sum;
}

}  // namespace steady::detail
