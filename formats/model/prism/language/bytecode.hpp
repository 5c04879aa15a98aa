// Expressions as a linear code for a small stack machine: compiled once, evaluated in every state.
//
// Every value is a double: ints are exact below 2^53, and a bool is 0 or 1. Guards are mostly conjunctions of
// comparisons of one variable with a constant; `within` does one such comparison, with its jump, in one instruction.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/base/interval.hpp"
#include "formats/model/prism/language/source.hpp"

namespace steady::detail::prism {

// top, second: the two upmost values of the stack; v: the variables.
enum class Opcode : std::uint8_t {
  end,            // the result is top
  push,           // push a, which stands for a number within b of it; so does a in the next but one
  load,           // push v[slot]
  load_add,       // push v[slot] + a
  load_multiply,  // push v[slot] * a
  within,         // push a <= v[slot] <= b, inverted if `inverted`
  within_and,     // the same, but true pushes nothing and false pushes 0 and jumps
  within_or,      // the same, but false pushes nothing and true pushes 1 and jumps
  and_jump,       // jump if top is 0, else pop
  or_jump,        // jump if top is not 0, else pop
  jump,
  jump_unless,  // pop, jump if it was 0
  // Binary: pop two, push second op top.
  add,
  subtract,
  multiply,
  divide,
  equal,
  not_equal,
  less,
  at_most,
  greater,
  at_least,
  minimum,
  maximum,
  power,
  integer_power,  // fails for a negative exponent or a result beyond 2^53
  modulo,         // in 0..|top|-1; fails for top = 0
  logarithm,      // of second to the base top
  // Unary: replace top.
  negate,
  logical_not,
  floor,  // floor, ceil, round fail where the argument is not finite
  ceil,
  round
};

struct Instruction {
  Opcode op;
  bool inverted = false;
  std::uint32_t slot = 0;    // of a variable; of an instruction that can fail: its place
  std::uint32_t target = 0;  // of a jump
  double a = 0, b = 0;
};

// Where the code of an expression begins.
struct Entry {
  std::uint32_t start = 0;
};

// The code of many expressions. Evaluation changes nothing: any number of threads may evaluate at once.
struct Program {
  static constexpr std::size_t stack_limit = 400;

  std::vector<Instruction> code;
  std::vector<Place> places;  // of the instructions that can fail

  // variables: one value a slot. Throws Undefined where the value is not defined, e.g. mod(1,0).
  double evaluate(Entry entry, const double* variables) const;

  // What the value would be if nothing were rounded, neither the decimals of the text nor any operation, enclosed. Not
  // finite where that is not known: a comparison that the roundings leave open, no value. Variables are exact.
  Interval enclose(Entry entry, const double* variables) const;

  // The slots of the variables that the expression reads, each once, ascending.
  std::vector<std::uint32_t> reads(Entry entry) const;
};

// An expression that has no value for these variables.
struct Undefined {
  Place place;
  const char* what;
};

bool can_fail(Opcode op);
// second op top, or op top for a unary one; sets `problem` where that is not defined.
double apply(Opcode op, double second, double top, const char*& problem);
// The same of all numbers in two intervals, enclosed (enclosure.cpp).
Interval apply(Opcode op, const Interval& second, const Interval& top);

}  // namespace steady::detail::prism
