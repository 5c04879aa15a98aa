#include "formats/model/petri/functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "formats/base/relative_error.hpp"

namespace steady::detail::petri {

using prism::ExpressionPtr;
using prism::fail;
using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

// Whether a part of the number is below 0, perhaps.
bool may_be_negative(const prism::Expression& e) {
  return e.op == Operator::negation ||
         std::any_of(e.operands.begin(), e.operands.end(),
                     [](const ExpressionPtr& operand) { return may_be_negative(*operand); });
}

ExpressionPtr call(std::string_view name, prism::Place place, std::vector<ExpressionPtr> operands) {
  return make_expression(Operator::call, place, std::move(operands), name);
}

}  // namespace

ExpressionPtr as_integer(const ExpressionPtr& e) {
  const bool rounded = e->op == Operator::call && (e->name == "floor" || e->name == "ceil" || e->name == "round");
  if (e->operands.empty() || rounded) return e;  // what is rounded is a real number
  std::vector<ExpressionPtr> operands;
  for (std::size_t k = 0; k < e->operands.size(); ++k) {
    const bool condition = e->op == Operator::conditional && k == 0;
    operands.push_back(condition ? e->operands[k] : as_integer(e->operands[k]));
  }
  ExpressionPtr result = make_expression(e->op, e->place, std::move(operands), e->name);
  if (e->op != Operator::divide) return result;
  const ExpressionPtr down = call("floor", e->place, {result});
  if (!may_be_negative(*result)) return down;
  const ExpressionPtr positive =
      make_expression(Operator::at_least, e->place, {result, make_literal(e->place, Type::integer, 0)});
  return make_expression(Operator::conditional, e->place, {positive, down, call("ceil", e->place, {result})});
}

Typed apply_function(const Token& name, const std::vector<Typed>& x) {
  const auto of = [&](std::size_t count) {
    if (x.size() != count)
      fail(name.place,
           fmt::format("{} takes {} argument{}, not {}", name.text, count, count == 1 ? "" : "s", x.size()));
  };
  const prism::Place place = name.place;
  if (name.text == "Min" || name.text == "Max" || name.text == "Mod" || name.text == "Pow") {
    of(2);
    const Type type = x[0].type == Type::integer ? x[1].type : x[0].type;
    if (name.text == "Pow") return {make_expression(Operator::power, place, {x[0].e, x[1].e}), type};
    return {call(name.text == "Min" ? "min" : name.text == "Max" ? "max" : "mod", place, {x[0].e, x[1].e}), type};
  }
  if (name.text == "Ceil" || name.text == "Floor" || name.text == "Round") {
    of(1);
    return {call(name.text == "Ceil"    ? "ceil"
                 : name.text == "Floor" ? "floor"
                                        : "round",
                 place, {x[0].e}),
            Type::integer};
  }
  if (name.text == "Abs") {
    of(1);
    return {call("max", place, {x[0].e, make_expression(Operator::negation, place, {x[0].e})}), x[0].type};
  }
  if (name.text == "Sqrt" || name.text == "Exp") {
    of(1);
    const ExpressionPtr half = make_literal(place, Type::real, 0.5);
    const ExpressionPtr e = make_literal(place, Type::real, std::numbers::e, radius(std::numbers::e, half_unit));
    return {name.text == "Sqrt" ? make_expression(Operator::power, place, {x[0].e, half})
                                : make_expression(Operator::power, place, {e, x[0].e}),
            Type::real};
  }
  fail(place, fmt::format("the function '{}' is not read", name.text));
}

}  // namespace steady::detail::petri
