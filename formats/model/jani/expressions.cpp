#include "formats/model/jani/expressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numbers>

#include "formats/base/relative_error.hpp"

namespace steady::detail::jani {

using prism::fail;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

constexpr std::size_t recursion_limit = 1000;
constexpr std::size_t size_limit = 5'000'000;  // functions written out grow exponentially at worst

struct BinaryOperator {
  std::string_view symbol;
  Operator op;
  std::string_view name = {};  // of a call
};

constexpr std::array<BinaryOperator, 13> binary_operators = {{{"⇒", Operator::implies},
                                                              {"=", Operator::equal},
                                                              {"≠", Operator::not_equal},
                                                              {"<", Operator::less},
                                                              {"≤", Operator::at_most},
                                                              {">", Operator::greater},
                                                              {"≥", Operator::at_least},
                                                              {"*", Operator::times},
                                                              {"/", Operator::divide},
                                                              {"pow", Operator::power},
                                                              {"log", Operator::call, "log"},
                                                              {"min", Operator::call, "min"},
                                                              {"max", Operator::call, "max"}}};

// Counts the levels of the recursion while it lives.
class Level {
 public:
  Level(std::size_t& depth, Place place) : depth_(depth) {
    if (++depth_ > recursion_limit) {
      --depth_;
      fail(place, "expressions or functions are nested too deeply");
    }
  }
  ~Level() { --depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  std::size_t& depth_;
};

ExpressionPtr integer(Place place, double value) { return make_literal(place, Type::integer, value); }

std::string_view operator_of(const Json& json) {
  const Json* op = json.find("op");
  return op == nullptr ? std::string_view() : op->text;
}

}  // namespace

const Meaning* Scope::find_name(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer)
    if (const auto found = scope->names.find(name); found != scope->names.end()) return &found->second;
  return nullptr;
}

const Scope::Function* Scope::find_function(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer)
    if (const auto found = scope->functions.find(name); found != scope->functions.end()) return &found->second;
  return nullptr;
}

void ExpressionReader::count(Place place) {
  if (++count_ > size_limit) fail(place, "the model's expressions are too large once its functions are written out");
}

ExpressionPtr ExpressionReader::make(Operator op, Place place, std::vector<ExpressionPtr> operands,
                                     std::string_view name) {
  count(place);
  return prism::make_expression(op, place, std::move(operands), name);
}

ExpressionPtr ExpressionReader::read(const Json& json, const Scope& scope) {
  const Level level(depth_, json.place);
  switch (json.kind) {
    case Json::Kind::boolean:
      return make_literal(json.place, Type::boolean, json.number);
    case Json::Kind::integer:
      return integer(json.place, json.number);
    case Json::Kind::real:
      return prism::make_decimal(json.place, json.text);
    case Json::Kind::string:
      return name(json, scope);
    case Json::Kind::object:
      return json.find("constant") != nullptr ? constant(json) : read_object(json, scope);
    default:
      fail(json.place, "expected an expression");
  }
}

ExpressionPtr ExpressionReader::read_written_out(const Json& json, const Scope& scope) {
  write_out_ = true;
  ExpressionPtr expression = read(json, scope);
  write_out_ = false;
  return expression;
}

ExpressionPtr ExpressionReader::read_if_any(const Json& object, std::string_view key, const Scope& scope) {
  const Json* found = object.find(key);
  return found == nullptr ? nullptr : read(found->at("exp", "an expression"), scope);
}

ExpressionPtr ExpressionReader::name(const Json& json, const Scope& scope) {
  const Meaning* meaning = scope.find_name(json.text);
  if (meaning == nullptr) fail(json.place, fmt::format("unknown name '{}'", json.text));
  if (meaning->value) return meaning->value;
  used.insert(meaning->name);
  return make(Operator::identifier, json.place, {}, meaning->name);
}

ExpressionPtr ExpressionReader::constant(const Json& json) {
  const std::string_view name = json.string_at("constant", "a constant");
  if (name != "e" && name != "π") fail(json.place, fmt::format("there is no constant '{}'", name));
  const double value = name == "e" ? std::numbers::e : std::numbers::pi;
  return make_literal(json.place, Type::real, value, radius(value, half_unit));
}

ExpressionPtr ExpressionReader::read_object(const Json& json, const Scope& scope) {
  const std::string_view op = json.string_at("op", "an expression");
  if (op == "∨") return connected(Operator::disjunction, op, json, scope);
  if (op == "∧") return connected(Operator::conjunction, op, json, scope);
  if (op == "+" || op == "-") return sum(json, scope);
  if (op == "ite") return conditional(json, scope);
  if (op == "call") return call(json, scope);
  if (json.find("exp") != nullptr) return unary(op, json, scope);
  const auto binary = std::find_if(binary_operators.begin(), binary_operators.end(),
                                   [&](const BinaryOperator& b) { return b.symbol == op; });
  if (binary == binary_operators.end() && op != "%")
    fail(json.place, fmt::format("the operator '{}' is not evaluated here", op));
  ExpressionPtr left = read(json.at("left", "a binary operator"), scope);
  ExpressionPtr right = read(json.at("right", "a binary operator"), scope);
  if (op == "%") return remainder(json.place, left, right);
  return make(binary->op, json.place, {std::move(left), std::move(right)}, binary->name);
}

// Operands of ∧ or ∨, however they are bracketed.
ExpressionPtr ExpressionReader::connected(Operator op, std::string_view symbol, const Json& json, const Scope& scope) {
  std::vector<const Json*> parts;  // from right to left
  const Json* left = &json;
  for (; operator_of(*left) == symbol; left = &left->at("left", "a binary operator"))
    parts.push_back(&left->at("right", "a binary operator"));
  parts.push_back(left);
  std::vector<ExpressionPtr> operands;
  for (std::size_t k = parts.size(); k-- > 0;) {
    ExpressionPtr operand = read(*parts[k], scope);
    if (operand->op == op)
      operands.insert(operands.end(), operand->operands.begin(), operand->operands.end());
    else
      operands.push_back(std::move(operand));
  }
  return make(op, json.place, std::move(operands));
}

// Terms of + and - from left to right.
ExpressionPtr ExpressionReader::sum(const Json& json, const Scope& scope) {
  std::vector<const Json*> sums;  // from the last
  const Json* left = &json;
  for (; operator_of(*left) == "+" || operator_of(*left) == "-"; left = &left->at("left", "a binary operator"))
    sums.push_back(left);
  std::vector<ExpressionPtr> terms{read(*left, scope)};
  for (std::size_t k = sums.size(); k-- > 0;) {
    ExpressionPtr term = read(sums[k]->at("right", "a binary operator"), scope);
    const bool minus = operator_of(*sums[k]) == "-";
    terms.push_back(minus ? make(Operator::negation, sums[k]->place, {term}) : term);
  }
  return make(Operator::sum, json.place, std::move(terms));
}

ExpressionPtr ExpressionReader::conditional(const Json& json, const Scope& scope) {
  std::vector<ExpressionPtr> operands;
  for (const char* key : {"if", "then", "else"}) operands.push_back(read(json.at(key, "an ite"), scope));
  return make(Operator::conditional, json.place, std::move(operands));
}

ExpressionPtr ExpressionReader::unary(std::string_view op, const Json& json, const Scope& scope) {
  const ExpressionPtr x = read(json.at("exp", "an operator"), scope);
  const Place place = json.place;
  const auto negative = [&] { return make(Operator::negation, place, {x}); };
  const auto compared = [&](Operator relation) { return make(relation, place, {x, integer(place, 0)}); };
  if (op == "¬") return make(Operator::logical_not, place, {x});
  if (op == "floor" || op == "ceil") return make(Operator::call, place, {x}, op);
  if (op == "abs") return make(Operator::call, place, {x, negative()}, "max");
  if (op == "sgn")
    return make(
        Operator::conditional, place,
        {compared(Operator::greater), integer(place, 1),
         make(Operator::conditional, place, {compared(Operator::less), integer(place, -1), integer(place, 0)})});
  if (op == "trc")
    return make(Operator::conditional, place,
                {compared(Operator::less), make(Operator::call, place, {x}, "ceil"),
                 make(Operator::call, place, {x}, "floor")});
  fail(place, fmt::format("the operator '{}' is not evaluated here", op));
}

// With the sign of the left operand, as Storm and the Modest Toolset have it; mod() of the PRISM language has none.
ExpressionPtr ExpressionReader::remainder(Place place, const ExpressionPtr& left, const ExpressionPtr& right) {
  const auto mod = [&](ExpressionPtr x) { return make(Operator::call, place, {std::move(x), right}, "mod"); };
  if (left->op == Operator::literal && left->value >= 0) return mod(left);
  return make(Operator::conditional, place,
              {make(Operator::at_least, place, {left, integer(place, 0)}), mod(left),
               make(Operator::negation, place, {mod(make(Operator::negation, place, {left}))})});
}

ExpressionPtr ExpressionReader::call(const Json& json, const Scope& scope) {
  const std::string_view name = json.string_at("function", "a call");
  const Scope::Function* function = scope.find_function(name);
  if (function == nullptr) fail(json.place, fmt::format("unknown function '{}'", name));
  if (!function->formula.empty() && !write_out_) return make(Operator::identifier, json.place, {}, function->formula);
  const std::vector<const Json*>& arguments = json.array_if_any("args", "a call");
  if (arguments.size() != function->parameters.size())
    fail(json.place, fmt::format("'{}' takes {} argument{}, not {}", name, function->parameters.size(),
                                 function->parameters.size() == 1 ? "" : "s", arguments.size()));
  if (std::find(functions_.begin(), functions_.end(), function) != functions_.end())
    fail(json.place, fmt::format("the function '{}' calls itself", name));
  Scope inner{function->scope};
  for (std::size_t k = 0; k < arguments.size(); ++k)
    inner.names.insert_or_assign(function->parameters[k], Meaning{{}, read(*arguments[k], scope)});
  functions_.push_back(function);
  ExpressionPtr body = read(*function->body, inner);
  functions_.pop_back();
  return body;
}

ExpressionPtr ExpressionReader::substitute(const ExpressionPtr& expression,
                                           const std::map<std::string_view, ExpressionPtr>& values) {
  if (values.empty()) return expression;
  count(expression->place);
  if (expression->op == Operator::identifier) {
    const auto found = values.find(expression->name);
    return found == values.end() ? expression : found->second;
  }
  std::vector<ExpressionPtr> operands;
  for (const ExpressionPtr& operand : expression->operands) operands.push_back(substitute(operand, values));
  if (operands == expression->operands) return expression;
  return make(expression->op, expression->place, std::move(operands), expression->name);
}

}  // namespace steady::detail::jani
