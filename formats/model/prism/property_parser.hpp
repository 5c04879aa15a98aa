// From the text of properties to their syntax trees.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/model/prism/parser.hpp"
#include "solver/measures.hpp"

namespace steady::prism {

struct PropertySyntax {
  Name name;                   // empty text: none
  Place place;                 // where it starts, behind its name
  std::string_view text;       // as written, without its name
  bool steady_state = true;    // false: of another kind, nothing below is set
  ExpressionPtr states;        // of S; null: of R
  std::string_view reward;     // of R: the reward's name, or
  ExpressionPtr reward_index;  // its number, from 1; with neither the first
  std::optional<Threshold::Relation> relation;
  ExpressionPtr bound;  // of the relation
};

struct PropertiesSyntax {
  std::vector<ConstantDeclaration> constants;
  std::vector<FormulaDeclaration> formulas;
  std::vector<FormulaDeclaration> labels;
  std::vector<PropertySyntax> properties;
};

// Throws Error with line and column. Properties may end with ; or where the next begins.
PropertiesSyntax parse_properties(const Source& source);

}  // namespace steady::prism
