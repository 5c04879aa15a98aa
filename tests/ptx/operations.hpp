// Instructions that compute one register from up to three others.
#pragma once

#include <string_view>

#include "tests/ptx/program.hpp"

namespace ptx {

// By the whole opcode, such as "add.rn.f64"; null where there is none.
Operation find_operation(std::string_view opcode);

}  // namespace ptx
