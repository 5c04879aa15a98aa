#include "solver/certify/varied_value.hpp"

namespace steady::detail {

EnclosedNumber earned_in(const Derivative& by, State s, const Query& leaf) {
  const double earned = leaf.reward ? by.rewards[*leaf.reward][s] : 0;
  return {earned, earned};
}

EnclosedNumber change_in(const Derivative& by, State s, const std::vector<EnclosedNumber>& g) {
  EnclosedNumber change;
  for (std::uint64_t k = by.rates.row_start[s]; k < by.rates.row_start[s + std::size_t{1}]; ++k) {
    const EnclosedNumber& to = g[by.rates.column[k]];
    change.value += by.rates.value[k] * (to.value - g[s].value);
    change.range = change.range + Interval(by.rates.value[k]) * (to.range - g[s].range);
  }
  return change;
}

std::vector<EnclosedNumber> totals_of(const FirstPassage& passage, bool provable) {
  std::vector<EnclosedNumber> totals;
  totals.reserve(passage.value.size());
  for (std::size_t s = 0; s < passage.value.size(); ++s)
    totals.push_back(
        {passage.value[s], provable && passage.proven ? Interval(passage.lower[s], passage.upper[s]) : any_number});
  return totals;
}

EnclosedNumber known_number(double value, const Interval& range) {
  return range.finite() ? EnclosedNumber{middle(range), range} : EnclosedNumber{value, any_number};
}

}  // namespace steady::detail
