// A function while its text is read: the names in it, and what they stand for.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/ptx/program.hpp"

namespace ptx {

// A declaration such as ".shared .align 8 .b8 part[256]".
struct Declaration {
  std::string space, name;
  unsigned align = 1, bytes = 0;
  bool open_ended = false;  // [] : the dynamic shared memory
};

// Throws Violation where it is none.
Declaration to_declaration(std::string_view text);

// Shared variables are declared outside of functions; each kernel has those that it names.
using SharedVariables = std::map<std::string, Declaration, std::less<>>;

class Builder {
 public:
  Builder(Function& function, const SharedVariables& shared);

  void add_parameter(const Declaration& declaration);
  void add_result(const Declaration& declaration);
  void declare(const Declaration& declaration);  // in the body
  void add_label(std::string_view name);         // of the next instruction
  void add(const Instruction& instruction, std::string_view text);
  void add_branch(Instruction branch, std::string_view text, std::string_view label);

  // What an operand is a register of: %r1, %tid.x, 12, 0d3FF0000000000000, or the address of a variable.
  Register operand(std::string_view text);
  // Where a parameter of a call, or its result, lies in the frame.
  std::uint32_t place_in_frame(std::string_view name) const;
  // Where a variable of parameter space lies, or what a register points to there.
  Space parameter_space(std::string_view name) const;
  Function& function() { return function_; }

  // Branches get their targets. Throws Violation where a label is missing.
  void finish();

 private:
  Register fresh(Word initial);
  Register constant(Word value);
  Register named(std::string_view name);
  Word address_of(std::string_view variable);
  std::uint32_t place_shared(const Declaration& declaration);

  Function& function_;
  SharedVariables shared_;
  std::map<std::string, Register, std::less<>> registers_;
  std::map<Word, Register> constants_;
  std::map<std::string, std::uint32_t, std::less<>> parameters_, frame_, local_, shared_place_;
  std::map<std::string, std::uint32_t, std::less<>> labels_;
  std::vector<std::pair<std::uint32_t, std::string>> branches_;
  std::vector<Register> dynamic_shared_;  // constants that are its address, known at the end
};

}  // namespace ptx
