// Numbers with what is proven of them, and their derivatives by the constants of a model.
#pragma once

#include <cmath>
#include <vector>

#include <steady/first_passage.hpp>
#include <steady/measures.hpp>
#include <steady/model.hpp>

#include "formats/base/interval.hpp"

namespace steady::detail {

// A number as computed, and where the exact one is; any_number: nothing is proven.
struct EnclosedNumber {
  double value = 0;
  Interval range = 0;
};

inline const EnclosedNumber unknown_number{NAN, any_number};

// With its derivative by each of the model's.
struct VariedValue {
  EnclosedNumber value;
  std::vector<EnclosedNumber> derivatives;
};

inline EnclosedNumber operator+(const EnclosedNumber& a, const EnclosedNumber& b) {
  return {a.value + b.value, a.range + b.range};
}

// f'(s) of what the leaf earns in a state, and (Q' g)(s); ' is the derivative, Q the generator.
EnclosedNumber earned_in(const Derivative& by, State s, const Query& leaf);
EnclosedNumber change_in(const Derivative& by, State s, const std::vector<EnclosedNumber>& g);

// The totals of a passage, where they are proven with `provable`.
std::vector<EnclosedNumber> totals_of(const FirstPassage& passage, bool provable);

// The range where it is finite, with its middle as the value; else the value, of which nothing is proven.
EnclosedNumber known_number(double value, const Interval& range);

}  // namespace steady::detail
