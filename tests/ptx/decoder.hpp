// One statement of a function's body.
#pragma once

#include <string_view>

#include "tests/ptx/builder.hpp"

namespace ptx {

// Throws Violation that names the opcode where the interpreter does not know it.
void decode(std::string_view statement, Builder& builder);

}  // namespace ptx
