// PTX modules, from their text.
#pragma once

#include <string>

#include "tests/ptx/program.hpp"

namespace ptx {

// Throws Violation that names the function and the statement that cannot be read.
Functions read_module(const std::string& text);

}  // namespace ptx
