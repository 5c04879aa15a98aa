// Derivatives of a model's expressions with respect to one of its constants.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "formats/model/prism/language/syntax.hpp"
#include "formats/model/prism/language/vocabulary.hpp"

namespace steady::detail::prism {

class Differentiator {
 public:
  // `constant`: the name of a double. The vocabulary must outlive it.
  Differentiator(std::string constant, const Vocabulary& vocabulary)
      : constant_(std::move(constant)), vocabulary_(vocabulary) {}

  // The derivative of an expression that stands under the renaming, in which nothing is left to be renamed; null: 0.
  // Throws Error with line and column where it has none that holds in every state: of min, max, floor and their kin.
  ExpressionPtr derivative(const ExpressionPtr& expression, const Renaming* renaming);

  // Throws Error with line and column where the expression changes with the constant. `what`: "a guard".
  void require_unchanged(const ExpressionPtr& expression, const Renaming* renaming, const char* what);

  const std::string& constant() const { return constant_; }

 private:
  ExpressionPtr written_out(const ExpressionPtr& e, const Renaming* renaming);
  ExpressionPtr name_written_out(const ExpressionPtr& e, const Renaming* renaming);
  bool changes(const Expression& e);
  ExpressionPtr of(const ExpressionPtr& e);
  ExpressionPtr of_name(const Expression& e);
  ExpressionPtr of_power(const Expression& e);
  ExpressionPtr of_call(const Expression& e);

  std::string constant_;
  std::map<std::string, ExpressionPtr, std::less<>> derivatives_;  // of constants that were met
  const Vocabulary& vocabulary_;
  std::size_t written_ = 0;  // expressions, while one is written out
};

}  // namespace steady::detail::prism
