// Expressions as text.
#pragma once

#include <string>

#include "formats/model/prism/language/syntax.hpp"

namespace steady::detail::prism {

// In the PRISM language, with the brackets that it needs. Numbers have every digit.
std::string print(const Expression& expression);

}  // namespace steady::detail::prism
