// GreatSPN's expressions as those of the PRISM language.
//
// The language is that of the editor's grammar (https://github.com/greatspn/SOURCES, ExprLang.g4): #p is the number of
// tokens in the place p; functions have square brackets. Between integers / cuts what is behind the point, where an
// integer is asked for, and in comparisons of integers.
#pragma once

#include "formats/model/petri/net.hpp"
#include "formats/model/petri/xml.hpp"

namespace steady::detail::petri {

enum class Asked { integer, number, boolean };

// Throws Error with line and column for what is no such expression, for an unknown name, a wrong type, and by name for
// a function that is not read. `what` is said in errors: "a delay".
ExpressionPtr read_expression(const Text& text, Asked asked, const char* what, const Net& net);

// A measure: a sum of multiples of P{condition}, E{expression} and X{transition}.
std::vector<prism::RewardItem> read_measure(const Text& text, const Net& net);

// Whether the expression reads a marking, not only constants.
bool reads_marking(const prism::Expression& expression, const Net& net);

}  // namespace steady::detail::petri
