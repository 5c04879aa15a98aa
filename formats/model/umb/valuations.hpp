// What the states of a .umb file mean: bit-packed records, one a state, the first variable in the lowest bits.
#pragma once

#include <string>
#include <vector>

#include <steady/states.hpp>

#include "formats/model/umb/files.hpp"
#include "formats/model/umb/index.hpp"

namespace steady::detail::umb {

// The values in every state of all variables that are bool, int or uint of at most 64 bits; the others are left out,
// with a note. Where a variable is not always there, or the states do not have the same ones: none, and a note. Throws
// Error, naming the state, where a value is beyond its bounds or 64-bit
// integers.
States read_valuations(const std::string& path, const Index& index, const Files& files,
                       std::vector<std::string>& notes);

}  // namespace steady::detail::umb
