#include "formats/model/sbml/expressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "formats/base/decimal.hpp"
#include "formats/base/relative_error.hpp"

namespace steady::detail::sbml {

using prism::fail;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

constexpr std::size_t recursion_limit = 1000;
constexpr std::size_t size_limit = 5'000'000;  // functions written out grow exponentially at worst

struct NamedOperator {
  int type;  // of the node
  Operator op;
  std::string_view name = {};       // of a call
  std::size_t least = 2, most = 2;  // operands; a single one of several is itself
};

constexpr std::size_t many = static_cast<std::size_t>(-1);

constexpr std::array<NamedOperator, 15> operators = {{{AST_PLUS, Operator::sum, {}, 0, many},
                                                      {AST_TIMES, Operator::times, {}, 0, many},
                                                      {AST_DIVIDE, Operator::divide},
                                                      {AST_POWER, Operator::power},
                                                      {AST_FUNCTION_POWER, Operator::power},
                                                      {AST_LOGICAL_AND, Operator::conjunction, {}, 1, many},
                                                      {AST_LOGICAL_OR, Operator::disjunction, {}, 1, many},
                                                      {AST_LOGICAL_XOR, Operator::not_equal},
                                                      {AST_LOGICAL_NOT, Operator::logical_not, {}, 1, 1},
                                                      {AST_LOGICAL_IMPLIES, Operator::implies},
                                                      {AST_FUNCTION_FLOOR, Operator::call, "floor", 1, 1},
                                                      {AST_FUNCTION_CEILING, Operator::call, "ceil", 1, 1},
                                                      {AST_FUNCTION_MIN, Operator::call, "min", 1, many},
                                                      {AST_FUNCTION_MAX, Operator::call, "max", 1, many},
                                                      {AST_FUNCTION_REM, Operator::call, "mod"}}};

constexpr std::array<NamedOperator, 6> relations = {{{AST_RELATIONAL_EQ, Operator::equal},
                                                     {AST_RELATIONAL_NEQ, Operator::not_equal},
                                                     {AST_RELATIONAL_LT, Operator::less},
                                                     {AST_RELATIONAL_LEQ, Operator::at_most},
                                                     {AST_RELATIONAL_GT, Operator::greater},
                                                     {AST_RELATIONAL_GEQ, Operator::at_least}}};

ExpressionPtr irrational(Place place, double value) {
  return make_literal(place, Type::real, value, radius(value, half_unit));
}

template <std::size_t size>
const NamedOperator* find(const std::array<NamedOperator, size>& list, int type) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const NamedOperator& n) { return n.type == type; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

ExpressionPtr Meanings::find(std::string_view id) const {
  for (const Meanings* scope = this; scope != nullptr; scope = scope->outer)
    if (const auto found = scope->of.find(id); found != scope->of.end()) return found->second;
  return nullptr;
}

ExpressionPtr number(Place place, double value, double half_units) {
  if (!std::isfinite(value)) fail(place, fmt::format("a number here is {}", value));
  const bool whole = value == std::floor(value) && std::abs(value) < 0x1p53;
  return make_literal(place, Type::real, value, whole ? 0 : radius(value, half_units * half_unit));
}

ExpressionPtr ExpressionReader::make(Operator op, std::vector<ExpressionPtr> operands, std::string_view name) {
  if (++count_ > size_limit) fail(place_, "the model's expressions are too large once its functions are written out");
  return prism::make_expression(op, place_, std::move(operands), name);
}

ExpressionPtr ExpressionReader::read(const ::ASTNode& node, Place place, const Meanings& meanings) {
  place_ = place;
  if (depth_ > recursion_limit) fail(place_, "expressions or functions are nested too deeply");
  const int type = node.getType();
  switch (type) {
    case AST_INTEGER:
      return number(place_, static_cast<double>(node.getInteger()));
    case AST_REAL:
      return number(place_, node.getReal());
    case AST_REAL_E:  // its own getReal() is not the nearest double
      return number(place_, parse_double(fmt::format("{}e{}", node.getMantissa(), node.getExponent())).value_or(NAN),
                    2);
    case AST_CONSTANT_E:
      return irrational(place_, std::numbers::e);
    case AST_CONSTANT_PI:
      return irrational(place_, std::numbers::pi);
    case AST_CONSTANT_TRUE:
    case AST_CONSTANT_FALSE:
      return make_literal(place_, Type::boolean, type == AST_CONSTANT_TRUE ? 1 : 0);
    case AST_RATIONAL:
      return make(Operator::divide, {number(place_, static_cast<double>(node.getNumerator())),
                                     number(place_, static_cast<double>(node.getDenominator()))});
    case AST_NAME_AVOGADRO:
      return number(place_, node.getReal());
    case AST_NAME_TIME:
      fail(place_, "the time stands in it: a chain's rates do not change with time");
    case AST_FUNCTION_DELAY:
      fail(place_, "a delay stands in it: a Markov chain has no memory");
    case AST_NAME:
      if (ExpressionPtr meaning = meanings.find(node.getName())) return meaning;
      fail(place_, fmt::format("'{}' is no species, compartment, parameter or argument", node.getName()));
    case AST_FUNCTION_PIECEWISE:
      return piecewise(node, meanings);
    default:
      return read_call(node, meanings);
  }
}

ExpressionPtr ExpressionReader::read_call(const ::ASTNode& node, const Meanings& meanings) {
  ++depth_;
  std::vector<ExpressionPtr> x;
  for (unsigned k = 0; k < node.getNumChildren(); ++k) x.push_back(read(*node.getChild(k), place_, meanings));
  ExpressionPtr result = node.getType() == AST_FUNCTION ? call(node, x) : derived(node.getType(), x);
  --depth_;
  if (result) return result;
  const NamedOperator* op = find(operators, node.getType());
  if (op == nullptr || x.size() < op->least || x.size() > op->most) {
    const char* name = node.getName() != nullptr ? node.getName() : node.getOperatorName();
    fail(place_, fmt::format("'{}' with {} operand{} is not evaluated here", name != nullptr ? name : "an operator",
                             x.size(), x.size() == 1 ? "" : "s"));
  }
  if (x.empty()) return number(place_, op->op == Operator::times ? 1 : 0);
  if (x.size() == 1 && op->most == many) return x[0];
  if (op->op != Operator::times) return make(op->op, std::move(x), op->name);
  ExpressionPtr product = x[0];
  for (std::size_t k = 1; k < x.size(); ++k) product = make(Operator::times, {product, x[k]});
  return product;
}

// Of a function of the model, written out; null where it has none of that name for so many arguments.
ExpressionPtr ExpressionReader::call(const ::ASTNode& node, const std::vector<ExpressionPtr>& x) {
  const ::FunctionDefinition* function = model_.getFunctionDefinition(node.getName());
  if (function == nullptr || function->getNumArguments() != x.size() || function->getBody() == nullptr) return nullptr;
  Meanings arguments;
  for (unsigned k = 0; k < x.size(); ++k) arguments.of[function->getArgument(k)->getName()] = x[k];
  return read(*function->getBody(), place_, arguments);
}

// Of operators that the PRISM language has not; null for others.
ExpressionPtr ExpressionReader::derived(int type, const std::vector<ExpressionPtr>& x) {
  if (const NamedOperator* relation = find(relations, type); relation != nullptr && x.size() > 1)
    return compared(relation->op, x);
  const ExpressionPtr e = irrational(place_, std::numbers::e);
  if (x.size() == 1) {
    if (type == AST_MINUS) return make(Operator::negation, {x[0]});
    if (type == AST_FUNCTION_EXP) return make(Operator::power, {e, x[0]});
    if (type == AST_FUNCTION_LN) return make(Operator::call, {x[0], e}, "log");
    if (type == AST_FUNCTION_ABS) return make(Operator::call, {x[0], make(Operator::negation, {x[0]})}, "max");
  } else if (x.size() == 2) {
    if (type == AST_MINUS) return make(Operator::sum, {x[0], make(Operator::negation, {x[1]})});
    if (type == AST_FUNCTION_LOG) return make(Operator::call, {x[1], x[0]}, "log");  // the base comes first
    if (type == AST_FUNCTION_ROOT)
      return make(Operator::power, {x[1], make(Operator::divide, {number(place_, 1), x[0]})});
  }
  return nullptr;
}

// a < b < c: each with the next.
ExpressionPtr ExpressionReader::compared(Operator op, const std::vector<ExpressionPtr>& x) {
  std::vector<ExpressionPtr> all;
  for (std::size_t k = 1; k < x.size(); ++k) all.push_back(make(op, {x[k - 1], x[k]}));
  return all.size() == 1 ? all[0] : make(Operator::conjunction, std::move(all));
}

// Value, condition, value, condition, ..., otherwise.
ExpressionPtr ExpressionReader::piecewise(const ::ASTNode& node, const Meanings& meanings) {
  const unsigned count = node.getNumChildren();
  if (count % 2 == 0) fail(place_, "a piecewise without otherwise has no value elsewhere");
  ++depth_;
  ExpressionPtr value = read(*node.getChild(count - 1), place_, meanings);
  for (unsigned k = count - 1; k > 0; k -= 2) {
    ExpressionPtr piece = read(*node.getChild(k - 2), place_, meanings);
    ExpressionPtr condition = read(*node.getChild(k - 1), place_, meanings);
    value = make(Operator::conditional, {std::move(condition), std::move(piece), std::move(value)});
  }
  --depth_;
  return value;
}

}  // namespace steady::detail::sbml
