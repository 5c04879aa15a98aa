#include "solver/certify/passages.hpp"

#include <algorithm>
#include <cmath>

#include "formats/base/stopwatch.hpp"
#include "solver/methods/monitor.hpp"

namespace steady::detail {
namespace {

// Long runs do not ask for states where the totals are infinite: those are left for good.
std::function<double(State)> finite_entry(const std::vector<double>& values) {
  return [&values](State s) { return std::isfinite(values[s]) ? values[s] : 0.0; };
}

}  // namespace

void Passages::solve(const std::vector<Query>& queries, const Options& options, const Observer& observer) {
  const Stopwatch watch;
  for (const Query& query : queries)
    for (const Query* leaf : leaves_of(query)) {
      if (!leaf->target) continue;
      std::vector<bool> target(chain_.size());
      for (std::size_t s = 0; s < target.size(); ++s) target[s] = leaf->target(static_cast<State>(s));
      Options left = options;
      left.time_limit = time_left(options.time_limit, watch.seconds());
      found_[leaf] = first_passage(chain_, target, leaf->value, left, observer, Checked::yes);
    }
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
  return std::all_of(found_.begin(), found_.end(), [](const auto& passage) {
    return passage.second.proven || steady::solved(passage.second.solve.outcome.stop);
  });
}

double Passages::seconds() const {
  double sum = 0;
  for (const auto& [leaf, passage] : found_) sum += passage.solve.seconds;
  return sum;
}

}  // namespace steady::detail
