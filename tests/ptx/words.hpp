// Cutting PTX statements into pieces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ptx {

std::string_view trimmed(std::string_view text);

// The parts between separators that stand in no bracket, without the spaces around them. None of an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

// What stands in the brackets around it; throws Violation where there are none.
std::string_view inside(std::string_view text, char open, char close);

// A type such as "u32": how many bytes it has. 0: no type.
unsigned bytes_of(std::string_view type);

}  // namespace ptx
