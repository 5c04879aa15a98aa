// A fault that is planted into kernels as their text is read: the tests must find it.
//
// STEADY_PTX_FAULT="KERNEL => PATTERN => REPLACEMENT": in every function whose name contains KERNEL, the first match of
// the regular expression PATTERN is replaced (ECMAScript). All white space in the text is one space.
#pragma once

#include <string>

namespace ptx {

// The body with the fault, if it is to have one. Throws Violation where the text of such a function has no match.
std::string planted(const std::string& function, std::string body);

// How many functions have it.
unsigned planted_faults();

}  // namespace ptx
