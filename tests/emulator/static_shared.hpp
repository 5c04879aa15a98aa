// The `__shared__` variables of the kernels, which the stand-in keyword turns into function-local statics: found
// through the program's own symbol table, so that blocks which are resident together can each have their own
// contents, and each block can begin with contents that nobody has written.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace simt {

struct StaticVariable {
  unsigned char* begin;
  std::size_t bytes;
  bool shared = false;  // a kernel has been seen to change it
};

// Every function-local static of the program that can be written; kernels change only their own.
std::vector<StaticVariable> static_variables();

using Image = std::vector<unsigned char>;
Image save(const std::vector<StaticVariable>& variables);
void restore(const std::vector<StaticVariable>& variables, const Image& image);

// Marks as shared what differs from the image.
void learn(std::vector<StaticVariable>& variables, const Image& image);

// The function's name as C++ writes it, without its arguments; empty if it has no symbol.
std::string function_name(const void* address);

}  // namespace simt
