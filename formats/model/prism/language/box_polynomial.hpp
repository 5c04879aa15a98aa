// Numbers that depend on where in a box a state lies: polynomials with interval coefficients in the distances of its
// variables from the box's least corner, which may be without end. Part of what a proof rests on.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "formats/base/interval.hpp"
#include "formats/model/prism/language/bytecode.hpp"

namespace steady::detail::prism {

// The integers from low on, or from low to high.
struct BoxSide {
  double low = 0;
  double high = INFINITY;  // whole numbers, but for INFINITY
};
using Box = std::vector<BoxSide>;

class BoxPolynomial {
 public:
  BoxPolynomial(const Interval& constant = 0.0);  // NOLINT: a number is a polynomial
  // The value of variable number v of a box.
  static BoxPolynomial variable(const Box& box, std::size_t v);
  // What may be any of the two.
  static BoxPolynomial hull(const BoxPolynomial& a, const BoxPolynomial& b);

  BoxPolynomial operator-() const;
  BoxPolynomial operator+(const BoxPolynomial& other) const;
  BoxPolynomial operator-(const BoxPolynomial& other) const { return *this + -other; }
  BoxPolynomial operator*(const BoxPolynomial& other) const;
  // By one that is positive in the whole box; not a number where that is not seen.
  BoxPolynomial divided_by(const BoxPolynomial& other, const Box& box) const;

  // At least, and at most, what it is anywhere in the box: infinite, or not a number, where nothing is known.
  double upper(const Box& box) const;
  double lower(const Box& box) const { return -(-*this).upper(box); }
  Interval range(const Box& box) const { return {lower(box), upper(box)}; }

 private:
  using Exponents = std::vector<std::uint16_t>;  // of each distance; without zeros at the end

  void add(const Exponents& exponents, const Interval& coefficient);

  std::map<Exponents, Interval> terms_;
};

// second op top, or op top for a unary one, anywhere in the box (box_evaluation.cpp).
BoxPolynomial apply(Opcode op, const BoxPolynomial& second, const BoxPolynomial& top, const Box& box);

// The expression's value, its variables having these values, if nothing is rounded. Where a condition is undecided in
// the box, both ways are gone.
BoxPolynomial evaluate(const Program& program, Entry entry, const std::vector<BoxPolynomial>& variables,
                       const Box& box);

}  // namespace steady::detail::prism
