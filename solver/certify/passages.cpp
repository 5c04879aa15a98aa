#include "solver/certify/passages.hpp"

#include <algorithm>
#include <cmath>

#include "formats/base/stopwatch.hpp"
#include "solver/certify/renewal.hpp"
#include "solver/methods/monitor.hpp"

namespace steady::detail {
namespace {

// Long runs do not ask for states where the totals are infinite: those are left for good.
std::function<double(State)> finite_entry(const std::vector<double>& values) {
  return [&values](State s) { return std::isfinite(values[s]) ? values[s] : 0.0; };
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
  const Stopwatch watch;
  for (const Query& query : queries)
    for (const Query* leaf : leaves_of(query)) {
      if (!leaf->target) continue;
      const auto left = [&] {
        Options now = options;
        now.time_limit = time_left(options.time_limit, watch.seconds());
        return now;
      };
      const bool from_initial = start_ == Start::initial && !query.filter;
      if (from_initial)
        find_from_initial(*leaf, left, observer);
      else
        find(*leaf, left(), observer);
    }
}

FirstPassage& Passages::find(const Query& leaf, const Options& options, const Observer& observer) {
  std::vector<bool> target(chain_.size());
  for (std::size_t s = 0; s < target.size(); ++s) target[s] = leaf.target(static_cast<State>(s));
  const Stopwatch watch;
  const auto solve = [&](const std::function<double(State)>& value) {
    Options left = options;
    left.time_limit = time_left(options.time_limit, watch.seconds());
    return first_passage(chain_, target, value, left, observer, Checked::yes);
  };
  FirstPassage& found = found_[&leaf] = solve(leaf.value);
  if (leaf.error) add_errors(leaf, solve, found);
  return found;
}

// What many iterations do not solve from every state is a rare event: it is proven from the initial states alone, and
// only else iterated for as long as it takes.
void Passages::find_from_initial(const Query& leaf, const std::function<Options()>& left, const Observer& observer) {
  constexpr std::size_t many = 1000;
  Options hasty = left();
  if (hasty.max_iterations == 0 || hasty.max_iterations > many) hasty.max_iterations = many;
  const FirstPassage& found = find(leaf, hasty, observer);
  renew(leaf, left(), observer);
  const bool cut = found.solve.outcome.stop == Stop::iteration_limit && hasty.max_iterations != left().max_iterations;
  if (cut && !renewed_.contains(&leaf)) find(leaf, left(), observer);
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

// Whether a state with infinite totals is among those that the chain starts from.
bool Passages::infinite(const FirstPassage& passage) const {
  const auto lost = [&](State s) { return std::isinf(passage.value[s]); };
  if (start_ == Start::initial)
    return std::any_of(chain_.initial.begin(), chain_.initial.end(),
                       [&](const StateProbability& start) { return start.probability > 0 && lost(start.state); });
  return std::any_of(solution_.components.begin(), solution_.components.end(), [&](const BottomComponent& part) {
    return part.weight > 0 && std::any_of(part.states.begin(), part.states.end(), lost);
  });
}

double Passages::value(const Query& leaf) const {
  if (const auto renewed = renewed_.find(&leaf); renewed != renewed_.end()) return middle(renewed->second);
  const FirstPassage& passage = found_.at(&leaf);
  if (infinite(passage)) return INFINITY;
  if (start_ == Start::long_run) {
    if (enclose_)
      if (const Interval range = enclosure(leaf); range.finite()) return middle(range);
    double sum = 0;
    const auto value = finite_entry(passage.value);
    for (std::size_t s = 0; s < passage.value.size(); ++s)
      sum += solution_.distribution[s] * value(static_cast<State>(s));
    return sum;
  }
  double sum = 0;
  for (const auto& [state, probability] : chain_.initial)
    if (probability > 0) sum += probability * passage.value[state];
  return sum;
}

Interval Passages::enclosure(const Query& leaf) const {
  if (const auto renewed = renewed_.find(&leaf); renewed != renewed_.end()) return renewed->second;
  const FirstPassage& passage = found_.at(&leaf);
  if (infinite(passage)) return INFINITY;
  if (!passage.proven) return {-INFINITY, INFINITY};
  if (start_ == Start::long_run) {
    if (!enclose_) return {-INFINITY, INFINITY};
    return {enclose_(finite_entry(passage.lower)).low, enclose_(finite_entry(passage.upper)).high};
  }
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
  std::vector<Interval> ranges(passage.value.size(), Interval(-INFINITY, INFINITY));
  for (std::size_t s = 0; passage.proven && s < ranges.size(); ++s) ranges[s] = {passage.lower[s], passage.upper[s]};
  return ranges;
}

bool Passages::solved() const {
  return std::all_of(found_.begin(), found_.end(), [&](const auto& passage) {
    return passage.second.proven || renewed_.contains(passage.first) ||
           steady::solved(passage.second.solve.outcome.stop);
  });
}

double Passages::seconds() const {
  double sum = 0;
  for (const auto& [leaf, passage] : found_) sum += passage.solve.seconds;
  return sum;
}

}  // namespace steady::detail
