// The variables' values in every state, .sta: "(x,ok)", then "0:(1,true)" and so on.
#pragma once

#include <string>

#include <steady/states.hpp>

namespace steady::detail::prism_explicit {

// Every one of `count` states once, in any order; values are integers, or true and false. A variable's range is that of
// its values. Throws Error with file and line.
States read_states(const std::string& path, const std::string& text, std::size_t count);

}  // namespace steady::detail::prism_explicit
