#include "solver/certify/nearby_answers.hpp"

#include <algorithm>

namespace steady::detail {
namespace {

constexpr std::size_t most_kept = 5;  // of a line

bool same_line(const NearbyAnswers::Place& a, const NearbyAnswers::Place& b) {
  return !a.empty() && a.size() == b.size() && std::equal(a.begin(), a.end() - 1, b.begin());
}

bool same_variables(const States& a, const States& b) {
  const auto& left = a.packing.variables();
  const auto& right = b.packing.variables();
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const Variable& x, const Variable& y) {
    return x.name == y.name && x.low == y.low && x.high == y.high;
  });
}

}  // namespace

bool NearbyAnswers::same_states(const Chain& chain) const {
  return !answers_.empty() && answers_.back().distribution.size() == chain.size() &&
         same_variables(states_, chain.states) && states_.words == chain.states.words;
}

void NearbyAnswers::add(const Place& place, const Chain& chain, const Solution& solution,
                        const std::optional<Certificate>& certificate) {
  if (!same_states(chain)) {
    answers_.clear();
    states_ = chain.states;
  }
  if (answers_.size() == most_kept) answers_.erase(answers_.begin());
  answers_.push_back({place, solution.conditional.empty() ? solution.distribution : solution.conditional});
  row_start_ = chain.inflow.row_start;
  column_ = chain.inflow.column;
  certificate_ = certificate;
}

// Lagrange's polynomial through the answers on the line to the place. What it makes too small or too large of an entry
// is kept within a factor of the last answer: a method may divide by it.
InitialGuess NearbyAnswers::guess(const Place& place, const Chain& chain) const {
  constexpr double factor = 16;
  if (!same_states(chain)) return {};
  const std::vector<double>& last = answers_.back().distribution;
  std::vector<const Answer*> line;
  for (auto answer = answers_.rbegin(); answer != answers_.rend(); ++answer) {
    const auto here = [&](const Answer* other) { return other->place == answer->place; };
    if (same_line(answer->place, place) && std::none_of(line.begin(), line.end(), here)) line.push_back(&*answer);
  }
  std::vector<double> x(last.size(), 0.0);
  for (const Answer* answer : line) {
    double weight = 1;
    for (const Answer* other : line)
      if (other != answer)
        weight *= (place.back() - other->place.back()) / (answer->place.back() - other->place.back());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += weight * answer->distribution[i];
  }
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = line.empty() ? last[i] : std::clamp(x[i], last[i] / factor, last[i] * factor);
  return {std::move(x), {}, {}};
}

const Certificate* NearbyAnswers::similar(const Chain& chain) const {
  const bool same = same_states(chain) && row_start_ == chain.inflow.row_start && column_ == chain.inflow.column;
  return same && certificate_ && certificate_->proven ? &*certificate_ : nullptr;
}

}  // namespace steady::detail
