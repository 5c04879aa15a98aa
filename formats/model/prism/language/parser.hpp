// From text to syntax trees, by recursive descent. Each function of the parser carries its rule of the grammar.
#pragma once

#include "formats/model/prism/language/lexer.hpp"
#include "formats/model/prism/language/syntax.hpp"

namespace steady::detail::prism {

// A whole model. Throws Error with line and column; refuses kinds of models that are not Markov chains by name.
ModelSyntax parse_model(const Source& source);

// An expression, as far as it reaches.
ExpressionPtr parse_expression(TokenReader& reader);

// An operand of + - * / in one: a number, a constant, a function of expressions, with its power.
ExpressionPtr parse_operand(TokenReader& reader);

// One without comparisons and what is made of them, unless in brackets.
ExpressionPtr parse_number(TokenReader& reader);

// The declarations that models and properties share; each starts at its keyword.
ConstantDeclaration parse_constant(TokenReader& reader);
FormulaDeclaration parse_formula(TokenReader& reader);
FormulaDeclaration parse_label(TokenReader& reader);

// system ... endsystem.
SystemDefinition parse_system(TokenReader& reader);

// The system that the model is: the one without a name, else the first; without references to others. None where there
// is none. Throws Error for two of one name, for a reference to none, and for one that leads back to itself.
std::optional<Composition> chosen_system(const std::vector<SystemDefinition>& systems);

}  // namespace steady::detail::prism
