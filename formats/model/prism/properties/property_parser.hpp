// From the text of properties to their syntax trees.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <steady/measures.hpp>

#include "formats/model/prism/language/parser.hpp"

namespace steady::detail::prism {

// An S, R or T operator, arithmetic with some, or a boolean combination of comparisons.
struct FormulaSyntax {
  Place place = {};
  Query::Connective connective = Query::Connective::none;
  Query::Arithmetic arithmetic = Query::Arithmetic::none;
  std::vector<FormulaSyntax> operands = {};  // of either; with neither:
  ExpressionPtr constant = {};               // without an operator; else
  ExpressionPtr states = {};                 // of S; null: of R or T
  bool time = false;                         // of T
  std::string_view reward = {};              // of R: the reward's name, or
  ExpressionPtr reward_index = {};           // its number, from 1; with neither the first
  ExpressionPtr target = {};                 // of F in R or T; null: the long run
  std::optional<Threshold::Relation> relation = {};
  ExpressionPtr bound = {};  // of the relation

  bool boolean() const { return relation || connective != Query::Connective::none; }
};

// filter(kind, ..., states), or the old form S=? [ e {states}{min}{max} ].
struct FilterSyntax {
  Filter::Kind kind;
  ExpressionPtr states;  // null: all
};

struct PropertySyntax {
  Name name;              // empty text: none
  Place place;            // where it starts, behind its name
  std::string_view text;  // as written, without its name
  std::string skipped;    // why it is not evaluated; empty: it is, and the rest is set
  FormulaSyntax formula;
  std::optional<FilterSyntax> filter;
};

struct PropertiesSyntax {
  std::vector<ConstantDeclaration> constants;
  std::vector<FormulaDeclaration> formulas;
  std::vector<FormulaDeclaration> labels;
  std::vector<PropertySyntax> properties;
};

// Throws Error with line and column. Properties may end with ; or where the next begins.
PropertiesSyntax parse_properties(const Source& source);

}  // namespace steady::detail::prism
