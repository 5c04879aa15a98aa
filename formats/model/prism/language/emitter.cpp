#include "formats/model/prism/language/emitter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/base/relative_error.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t instruction_limit = 50'000'000;  // instructions of a program

// The integers v for which `v op c` holds, as an interval; for not_equal the interval of those for which it does not.
void set_interval(Instruction& within, Opcode op, double c) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  within.a = -infinity;
  within.b = infinity;
  if (op == Opcode::equal || op == Opcode::not_equal) within.a = within.b = c;
  if (op == Opcode::less) within.b = std::ceil(c) - 1;
  if (op == Opcode::at_most) within.b = std::floor(c);
  if (op == Opcode::greater) within.a = std::floor(c) + 1;
  if (op == Opcode::at_least) within.a = std::ceil(c);
  within.inverted = op == Opcode::not_equal;
}

// Whether the constant may be an integer but for roundings, which then decide comparisons.
bool near_integer(const Instruction& constant) {
  if (constant.b == 0) return false;
  const Interval exact = ball(constant.a, constant.b);
  return !(std::ceil(exact.low) > std::floor(exact.high));
}

Opcode mirrored(Opcode op) {
  switch (op) {
    case Opcode::less:
      return Opcode::greater;
    case Opcode::at_most:
      return Opcode::at_least;
    case Opcode::greater:
      return Opcode::less;
    case Opcode::at_least:
      return Opcode::at_most;
    default:
      return op;
  }
}

}  // namespace

void Emitter::reset(Mark mark) {
  code_.resize(mark.size);
  barrier_ = mark.barrier;
  stack_ = mark.stack;
}

std::optional<double> Emitter::constant_since(Mark mark) const {
  if (code_.size() != mark.size + 1 || barrier_ > mark.size || code_.back().op != Opcode::push) return std::nullopt;
  if (code_.back().b != 0) return std::nullopt;
  return code_.back().a;
}

void Emitter::add(Instruction instruction, Place place) {
  if (code_.size() >= instruction_limit)
    fail(place, "the model's expressions are too large once formulas are written out");
  code_.push_back(instruction);
}

void Emitter::grow(Place place) {
  if (++stack_ >= Program::stack_limit) fail(place, "the expression needs too many intermediate values");
}

void Emitter::push(Place place, double value, double radius) {
  grow(place);
  add({.op = Opcode::push, .a = value, .b = radius}, place);
}

void Emitter::load(Place place, std::uint32_t slot, bool boolean) {
  grow(place);
  if (boolean)
    add({.op = Opcode::within, .slot = slot, .a = 1, .b = 1}, place);
  else
    add({.op = Opcode::load, .slot = slot}, place);
}

void Emitter::unary(Place place, Opcode op) {
  Instruction& last = code_.back();
  if (straight(1) && op == Opcode::logical_not && last.op == Opcode::within) {
    last.inverted = !last.inverted;
    return;
  }
  if (straight(1) && last.op == Opcode::push && fold(op, {}, last)) return;
  Instruction instruction{.op = op};
  if (can_fail(op)) {
    instruction.slot = static_cast<std::uint32_t>(program_.places.size());
    program_.places.push_back(place);
  }
  add(instruction, place);
}

void Emitter::binary(Place place, Opcode op) {
  --stack_;
  if (straight(2) && code_.back().op == Opcode::push && code_[code_.size() - 2].op == Opcode::push &&
      fold(op, code_[code_.size() - 2], code_.back())) {
    code_.erase(code_.end() - 2);
    return;
  }
  if (fuse_arithmetic(op)) return;
  Instruction instruction{.op = op};
  if (can_fail(op)) {
    instruction.slot = static_cast<std::uint32_t>(program_.places.size());
    program_.places.push_back(place);
  }
  add(instruction, place);
}

// Makes the top constant the operation's result, with what that may be off by; false where it has none, or where it
// is a truth value that depends on roundings.
bool Emitter::fold(Opcode op, const Instruction& second, Instruction& top) {
  const char* problem = nullptr;
  const double value = apply(op, second.a, top.a, problem);
  if (problem != nullptr) return false;
  const double off = radius(apply(op, ball(second.a, second.b), ball(top.a, top.b)), value);
  if (off != 0 && ((op >= Opcode::equal && op <= Opcode::at_least) || op == Opcode::logical_not)) return false;
  top.a = value;
  top.b = off;
  return true;
}

// variable + c, variable - c, c + variable, variable * c, c * variable
bool Emitter::fuse_arithmetic(Opcode op) {
  if (!straight(2)) return false;
  const Instruction& left = code_[code_.size() - 2];
  const Instruction& right = code_.back();
  const bool variable_first = left.op == Opcode::load && right.op == Opcode::push;
  const bool constant_first = left.op == Opcode::push && right.op == Opcode::load && op != Opcode::subtract;
  if (!variable_first && !constant_first) return false;
  if (op != Opcode::add && op != Opcode::subtract && op != Opcode::multiply) return false;
  Instruction fused{.op = op == Opcode::multiply ? Opcode::load_multiply : Opcode::load_add,
                    .slot = variable_first ? left.slot : right.slot,
                    .a = variable_first ? right.a : left.a,
                    .b = variable_first ? right.b : left.b};
  if (op == Opcode::subtract) fused.a = -fused.a;
  code_.pop_back();
  code_.back() = fused;
  return true;
}

void Emitter::compare(Place place, Opcode op) {
  if (straight(2)) {
    const Instruction& left = code_[code_.size() - 2];
    const Instruction& right = code_.back();
    const bool variable_first = left.op == Opcode::load && right.op == Opcode::push;
    const bool constant_first = left.op == Opcode::push && right.op == Opcode::load;
    const Instruction& constant = variable_first ? right : left;
    if ((variable_first || constant_first) && !std::isnan(constant.a) && !near_integer(constant)) {
      Instruction within{.op = Opcode::within, .slot = variable_first ? left.slot : right.slot};
      set_interval(within, variable_first ? op : mirrored(op), constant.a);
      code_.pop_back();
      code_.back() = within;
      --stack_;
      return;
    }
  }
  binary(place, op);
}

std::uint32_t Emitter::leave_if(bool value) {
  --stack_;
  Instruction& last = code_.back();
  if (straight(1) && last.op == Opcode::within) {
    last.op = value ? Opcode::within_or : Opcode::within_and;
  } else {
    code_.push_back({.op = value ? Opcode::or_jump : Opcode::and_jump});
  }
  return static_cast<std::uint32_t>(code_.size() - 1);
}

std::uint32_t Emitter::jump_unless() {
  --stack_;
  code_.push_back({.op = Opcode::jump_unless});
  return static_cast<std::uint32_t>(code_.size() - 1);
}

std::uint32_t Emitter::jump_over() {
  --stack_;
  code_.push_back({.op = Opcode::jump});
  return static_cast<std::uint32_t>(code_.size() - 1);
}

void Emitter::land(const std::vector<std::uint32_t>& jumps) {
  if (jumps.empty()) return;
  for (const std::uint32_t j : jumps) code_[j].target = static_cast<std::uint32_t>(code_.size());
  barrier_ = code_.size();
}

void Emitter::end() { code_.push_back({.op = Opcode::end}); }

}  // namespace steady::detail::prism
