#include "solver/answer/divisors.hpp"

#include <algorithm>
#include <cmath>

#include "formats/base/relative_error.hpp"
#include "formats/chain/arithmetic.hpp"

namespace steady::detail {

bool divides(const Query& query) {
  return query.arithmetic == Query::Arithmetic::quotient ||
         std::any_of(query.operands.begin(), query.operands.end(), divides);
}

std::set<const Query*> leaves_of_zeros(const Query& query, const LeafEnclosure& known, const LeafValue& value) {
  constexpr double computed = 1e-9;
  const auto near = [&](const Query& leaf) {
    const Interval range = known(leaf);
    return range.finite() || is_infinite(range) ? range : around(value(leaf), computed);
  };
  std::set<const Query*> leaves;
  for (const Query& operand : query.operands) leaves.merge(leaves_of_zeros(operand, known, value));
  if (query.arithmetic != Query::Arithmetic::quotient) return leaves;
  const Query& divisor = query.operands[1];
  const Interval range = number_of<Interval>(divisor, near);
  if (!range.finite() || range.low > 0 || range.high < 0) return leaves;
  for (const Query* leaf : leaves_of(divisor)) leaves.insert(leaf);
  return leaves;
}

}  // namespace steady::detail
