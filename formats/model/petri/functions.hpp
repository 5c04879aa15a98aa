// What GreatSPN's expressions are made of, with the type of each part.
#pragma once

#include <vector>

#include "formats/model/petri/tokens.hpp"
#include "formats/model/prism/language/syntax.hpp"

namespace steady::detail::petri {

struct Typed {
  prism::ExpressionPtr e;
  prism::Type type;
};

inline bool is_number(prism::Type type) { return type != prism::Type::boolean; }

// With the quotients of integers cut to integers. Conditions have been looked at before.
prism::ExpressionPtr as_integer(const prism::ExpressionPtr& e);

// A function of numbers. Throws Error for a wrong number of arguments, and for one that is not read.
Typed apply_function(const Token& name, const std::vector<Typed>& arguments);

}  // namespace steady::detail::petri
