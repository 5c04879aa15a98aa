// What is made of the numbers of a query's leaves: doubles, or intervals that enclose them.
#pragma once

#include <cmath>

#include <steady/measures.hpp>

#include "formats/base/interval.hpp"

namespace steady::detail {

// A quotient by 0 is not a number.
inline double quotient(double a, double b) { return b == 0 ? NAN : a / b; }

// Not finite where a divisor is or may be 0, nor where the result is out of the range of doubles.
template <class Number>
Number combined_plainly(Query::Arithmetic arithmetic, const Number& a, const Number& b) {
  switch (arithmetic) {
    case Query::Arithmetic::sum:
      return a + b;
    case Query::Arithmetic::difference:
      return a - b;
    case Query::Arithmetic::product:
      return a * b;
    case Query::Arithmetic::quotient:
      return quotient(a, b);
    case Query::Arithmetic::none:
      break;
  }
  return Number(NAN);
}

// A number is infinite only where a total is by the chain's graph, and what is made of it is what the extended real
// numbers have. What leaves the range of doubles is not a number.
inline double combined(Query::Arithmetic arithmetic, double a, double b) {
  const double result = combined_plainly(arithmetic, a, b);
  return std::isinf(result) && std::isfinite(a) && std::isfinite(b) ? NAN : result;
}

// The infinite number alone, not what is beyond the range of doubles.
inline bool is_infinite(const Interval& a) { return a.low == a.high && std::isinf(a.low); }

// A number that stands for all of the interval beside an infinite one: any for a sum or what is divided, one of the
// same sign for a factor or a divisor.
inline double beside_infinite(Query::Arithmetic arithmetic, const Interval& a, bool divided) {
  using Arithmetic = Query::Arithmetic;
  if (is_infinite(a)) return a.low;
  if (!a.finite()) return NAN;
  if (divided || arithmetic == Arithmetic::sum || arithmetic == Arithmetic::difference) return 0;
  return a.low > 0 ? 1 : a.high < 0 ? -1 : a.low == a.high ? 0 : NAN;
}

inline Interval combined(Query::Arithmetic arithmetic, const Interval& a, const Interval& b) {
  if (is_infinite(a) || is_infinite(b)) {
    const bool quotient = arithmetic == Query::Arithmetic::quotient;
    return combined(arithmetic, beside_infinite(arithmetic, a, quotient), beside_infinite(arithmetic, b, false));
  }
  const Interval result = combined_plainly(arithmetic, a, b);
  return result.finite() ? result : any_number;
}

// The number of a query without a connective, before it is compared. leaf(query): of a leaf.
template <class Number, class Leaf>
Number number_of(const Query& query, const Leaf& leaf) {
  if (query.constant) return *query.constant;
  if (query.arithmetic == Query::Arithmetic::none) return leaf(query);
  return combined(query.arithmetic, number_of<Number>(query.operands[0], leaf),
                  number_of<Number>(query.operands[1], leaf));
}

}  // namespace steady::detail
