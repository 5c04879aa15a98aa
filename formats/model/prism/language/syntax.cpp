#include "formats/model/prism/language/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/base/decimal.hpp"
#include "formats/base/relative_error.hpp"

namespace steady::detail::prism {

const char* name(Type type) { return type == Type::integer ? "int" : type == Type::real ? "double" : "bool"; }

ExpressionPtr make_expression(Operator op, Place place, std::vector<ExpressionPtr> operands, std::string_view name) {
  constexpr std::size_t level_limit = 800;
  std::size_t depth = 0;
  for (const ExpressionPtr& operand : operands) depth = std::max(depth, operand->depth);
  if (depth >= level_limit) fail(place, fmt::format("an expression of more than {} levels", level_limit));
  return std::make_shared<Expression>(Expression{op, place, std::move(operands), name, 0, Type::integer, depth + 1});
}

ExpressionPtr make_literal(Place place, Type type, double value, double radius) {
  return std::make_shared<Expression>(Expression{Operator::literal, place, {}, {}, value, type, 1, radius});
}

ExpressionPtr make_decimal(Place place, std::string_view text) {
  const double value = parse_double(text).value();
  if (std::isinf(value)) fail(place, fmt::format("{} is too large for a double", text.substr(0, 60)));
  if (value == 0 && !parse_decimal(text).digits.empty())
    fail(place, fmt::format("{} is too small for a double", text.substr(0, 60)));
  return make_literal(place, Type::real, value, radius(value, decimal_error(text, value)));
}

namespace {

bool same(const Expression& a, const Expression& b, std::size_t& looks) {
  if (&a == &b) return true;
  if (looks == 0) return false;
  --looks;
  return a.op == b.op && a.name == b.name && a.value == b.value && a.type == b.type && a.radius == b.radius &&
         std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(),
                    [&](const ExpressionPtr& x, const ExpressionPtr& y) { return same(*x, *y, looks); });
}

}  // namespace

bool same(const Expression& a, const Expression& b) {
  std::size_t looks = 100'000;
  return same(a, b, looks);
}

}  // namespace steady::detail::prism
