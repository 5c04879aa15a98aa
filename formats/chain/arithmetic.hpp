// What is made of the numbers of a query's leaves: doubles, or intervals that enclose them.
#pragma once

#include <cmath>

#include <steady/measures.hpp>

#include "formats/base/interval.hpp"

namespace steady::detail {

// A quotient by 0 is not a number.
inline double quotient(double a, double b) { return b == 0 ? NAN : a / b; }

// Not finite where a divisor is or may be 0.
template <class Number>
Number combined(Query::Arithmetic arithmetic, const Number& a, const Number& b) {
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

// The number of a query without a connective, before it is compared. leaf(query): of a leaf.
template <class Number, class Leaf>
Number number_of(const Query& query, const Leaf& leaf) {
  if (query.constant) return *query.constant;
  if (query.arithmetic == Query::Arithmetic::none) return leaf(query);
  return combined(query.arithmetic, number_of<Number>(query.operands[0], leaf),
                  number_of<Number>(query.operands[1], leaf));
}

}  // namespace steady::detail
