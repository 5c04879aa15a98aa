// Writes bytecode: folds constants, fuses instructions, keeps count of the stack.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "formats/model/prism/language/bytecode.hpp"

namespace steady::detail::prism {

class Emitter {
 public:
  explicit Emitter(Program& program) : program_(program), code_(program.code), barrier_(program.code.size()) {}

  // A point in the code to go back to, or to look from.
  struct Mark {
    std::size_t size, barrier, stack;
  };
  Mark mark() const { return {code_.size(), barrier_, stack_}; }
  void reset(Mark mark);
  // The value of the code since the mark, where that is one exact constant.
  std::optional<double> constant_since(Mark mark) const;

  void push(Place place, double value, double radius = 0);
  void load(Place place, std::uint32_t slot, bool boolean);
  void unary(Place place, Opcode op);
  void binary(Place place, Opcode op);
  void compare(Place place, Opcode op);

  // Jumps return their number, for land().
  std::uint32_t leave_if(bool value);                  // jump with the top if it is `value`, else pop it
  std::uint32_t jump_unless();                         // pop, jump if it was 0
  std::uint32_t jump_over();                           // at the end of the first of two alternatives
  void land(const std::vector<std::uint32_t>& jumps);  // they jump here
  void end();

 private:
  void add(Instruction instruction, Place place);
  void grow(Place place);
  // Whether the last `count` instructions are reached only one after the other, and so may be fused.
  bool straight(std::size_t count) const { return code_.size() >= barrier_ + count; }
  static bool fold(Opcode op, const Instruction& second, Instruction& top);
  bool fuse_arithmetic(Opcode op);

  Program& program_;
  std::vector<Instruction>& code_;
  std::size_t barrier_;    // some jump lands here: instructions before and after must stay apart
  std::size_t stack_ = 0;  // values on the stack at this point
};

}  // namespace steady::detail::prism
