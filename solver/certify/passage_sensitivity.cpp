#include "solver/certify/passage_sensitivity.hpp"

#include <fmt/format.h>

#include <cmath>

#include <steady/error.hpp>

namespace steady::detail {

const Visits& PassageSensitivity::visits_until(const std::vector<bool>& target) {
  const auto known = visits_.find(target);
  if (known != visits_.end()) return known->second;
  return visits_.emplace(target, Visits(model_.chain, target, left_(), observer_)).first->second;
}

// f' + Q' h in the states that can be reached.
std::vector<EnclosedNumber> PassageSensitivity::changes(const Derivative& by, const Query& leaf,
                                                        const std::vector<EnclosedNumber>& total,
                                                        const Visits& visits) const {
  std::vector<EnclosedNumber> changes(total.size());
  for (std::size_t s = 0; s < total.size(); ++s) {
    if (!visits.reach(static_cast<State>(s))) continue;
    for (std::uint64_t k = by.rates.row_start[s]; k < by.rates.row_start[s + 1]; ++k)
      if (std::isinf(total[by.rates.column[k]].value))
        throw Error(
            fmt::format("--sensitivity: where {} changes, state {} leads to where the target may never be reached",
                        by.constant, model_.chain.states.describe(s)));
    changes[s] = earned_in(by, static_cast<State>(s), leaf) + change_in(by, static_cast<State>(s), total);
  }
  return changes;
}

VariedValue PassageSensitivity::of(const Query& leaf) {
  const FirstPassage& passage = passages_.passage(leaf);
  VariedValue result{{passages_.value(leaf), provable_ ? passages_.enclosure(leaf) : any_number},
                     std::vector<EnclosedNumber>(model_.derivatives.size(), unknown_number)};
  if (!solved(passage) || !std::isfinite(result.value.value)) return result;
  std::vector<bool> target(model_.chain.size());
  for (std::size_t s = 0; s < target.size(); ++s) target[s] = leaf.target(static_cast<State>(s));
  const Visits& visits = visits_until(target);
  if (!solved(visits.stop())) {
    stop_ = visits.stop();
    return result;
  }
  const std::vector<EnclosedNumber> total = totals_of(passage, provable_);
  for (std::size_t k = 0; k < result.derivatives.size(); ++k)
    result.derivatives[k] = visits.total(changes(model_.derivatives[k], leaf, total, visits), passage.longest);
  return result;
}

}  // namespace steady::detail
