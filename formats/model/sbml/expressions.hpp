// SBML's mathematics as expressions of the PRISM language.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "formats/model/prism/language/syntax.hpp"
#include "formats/model/sbml/document.hpp"

namespace steady::detail::sbml {

using prism::ExpressionPtr;

// What identifiers stand for, here and around.
struct Meanings {
  const Meanings* outer = nullptr;
  std::map<std::string, ExpressionPtr, std::less<>> of = {};

  ExpressionPtr find(std::string_view id) const;  // null where it has none
};

// A double of the file, whose decimal it was read from; one that is a whole number is that.
ExpressionPtr number(Place place, double value, double half_units = 1);

// Makes expressions; functions are written out.
class ExpressionReader {
 public:
  explicit ExpressionReader(const ::Model& model) : model_(model) {}

  // Throws Error, at the place, for an identifier without a meaning, an operator that is not evaluated, and functions
  // that are too large written out.
  ExpressionPtr read(const ::ASTNode& node, Place place, const Meanings& meanings);

 private:
  ExpressionPtr read_call(const ::ASTNode& node, const Meanings& meanings);
  ExpressionPtr call(const ::ASTNode& node, const std::vector<ExpressionPtr>& operands);
  ExpressionPtr derived(int type, const std::vector<ExpressionPtr>& operands);
  ExpressionPtr piecewise(const ::ASTNode& node, const Meanings& meanings);
  ExpressionPtr compared(prism::Operator op, const std::vector<ExpressionPtr>& operands);
  ExpressionPtr make(prism::Operator op, std::vector<ExpressionPtr> operands, std::string_view name = {});

  const ::Model& model_;
  Place place_ = {};
  std::size_t depth_ = 0;  // of the recursion
  std::size_t count_ = 0;  // of expressions made
};

}  // namespace steady::detail::sbml
