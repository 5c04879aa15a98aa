// A network of reactions on its way to the syntax that is compiled.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model/prism/language/unique_names.hpp"
#include "formats/model/sbml/expressions.hpp"

namespace steady::detail::sbml {

struct Network {
  explicit Network(Document& of) : document(of), names(of.texts), expressions(of.model()) {}

  // The mathematics of an element. Throws Error, in its place, where it has none.
  ExpressionPtr math(const ::SBase& element, const ::ASTNode* node, const Meanings& scope);

  Document& document;
  prism::UniqueNames names;
  ExpressionReader expressions;
  Meanings meanings = {};                                        // of the model's identifiers
  std::map<std::string, std::size_t, std::less<>> counted = {};  // species that reactions change: their variables
  std::set<std::string_view> state = {};                         // names of variables, and of formulas
  std::vector<ExpressionPtr> initial_amounts = {};               // of variables, where they are not numbers
  std::vector<std::string> notes = {};
  prism::ModelSyntax syntax = {};
};

// Compartments, species, parameters and rules join the network. Throws Error for what numbers of molecules cannot be,
// by name for what is not read.
void declare(Network& network);

// The reactions become commands, a reversible one two of them.
void add_reactions(Network& network);

// The rates of the two directions of a reaction.
struct Directions {
  ExpressionPtr forward, backward;
};

// Of a law that is a difference of two rates, over a common factor without names of the state; nothing of another.
std::optional<Directions> split(const ExpressionPtr& law, const std::set<std::string_view>& state);

// Whether one of the names stands in the expression.
bool mentions(const prism::Expression& expression, const std::set<std::string_view>& names);

}  // namespace steady::detail::sbml
