// From expressions to bytecode: names looked up, formulas written out, types checked, constants folded.
#pragma once

#include "formats/model/prism/language/bytecode.hpp"
#include "formats/model/prism/language/vocabulary.hpp"

namespace steady::detail::prism {

// The names that an expression may use.
struct Scope {
  const Vocabulary& vocabulary;
  const Renaming* renaming = nullptr;  // of the module that the expression stands in
  bool variables = true;               // whether variables are allowed: not in a constant
  // For properties: labels of the chain are slots behind those of the variables, the state's number is the slot behind
  // them. Null: only the vocabulary's labels.
  const Chain* chain = nullptr;
  bool certain = false;  // whether uncertain constants are an error: anywhere in a model but in rates
  bool fixed = false;    // whether varied constants are an error: in what properties make of states and values
};

enum class Expected { integer, number, boolean, any };

// Adds the expression's code to the program. `what` is said in errors: "a guard". Throws Error with line and column
// for an unknown name, a wrong type, a cycle of formulas or an expression that is too large.
Entry compile(const Expression& expression, const Scope& scope, Expected expected, const char* what, Program& program,
              Type* type = nullptr);

// The value of an expression without variables.
ConstantValue evaluate_constant(const Expression& expression, const Scope& scope, Expected expected, const char* what);

}  // namespace steady::detail::prism
