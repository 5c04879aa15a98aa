#include "formats/model/petri/expressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/base/decimal.hpp"
#include "formats/base/relative_error.hpp"
#include "formats/model/petri/functions.hpp"

namespace steady::detail::petri {

using prism::fail;
using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

struct Symbol {
  std::string_view text;
  Operator op;
};

constexpr std::array<Symbol, 6> comparisons = {{{"==", Operator::equal},
                                                {"!=", Operator::not_equal},
                                                {"<=", Operator::at_most},
                                                {">=", Operator::at_least},
                                                {"<", Operator::less},
                                                {">", Operator::greater}}};

class ExpressionParser {
 public:
  ExpressionParser(const Text& text, const Net& net) : in_(text), net_(net) {}

  ExpressionPtr whole(Asked asked, const char* what) {
    const prism::Place start = in_.here();
    const Typed result = disjunction_chain();
    in_.expect_end();
    if (asked == Asked::boolean) {
      if (is_number(result.type)) fail(start, fmt::format("{} must be a condition, not a number", what));
      return result.e;
    }
    if (!is_number(result.type)) fail(start, fmt::format("{} must be a number, not a condition", what));
    if (asked == Asked::number) return result.e;
    if (result.type != Type::integer) fail(start, fmt::format("{} must be an integer", what));
    return as_integer(result.e);
  }

  // measure ::= term (("+" | "-") term)*
  std::vector<prism::RewardItem> measure() {
    std::vector<prism::RewardItem> items{term(in_.accept("-"))};
    while (!in_.at_end()) {
      const bool minus = in_.accept("-");
      if (!minus) in_.expect("+");
      items.push_back(term(minus));
    }
    return items;
  }

 private:
  // term ::= factor? ("P{" condition "}" | "E{" expression "}" | "X{" transition "}")
  prism::RewardItem term(bool minus) {
    const prism::Place start = in_.here();
    ExpressionPtr value = make_literal(start, Type::integer, 1);
    if (!(in_.at("P") || in_.at("E") || in_.at("X")) || !in_.at("{", 1)) value = primary().e;
    if (minus) value = make_expression(Operator::negation, start, {value});
    const Token kind = in_.take();
    in_.expect("{");
    prism::RewardItem item{start, false, {}, make_literal(start, Type::boolean, 1), value};
    if (kind.text == "P") {
      item.guard = condition();
    } else if (kind.text == "E") {
      item.value = make_expression(Operator::times, start, {value, quantity()});
    } else if (kind.text == "X") {
      item.transition = true;
      item.action = transition();
    } else {
      fail(kind.place, "expected P{...}, E{...} or X{...}");
    }
    in_.expect("}");
    return item;
  }

  prism::Name transition() {
    const Token name = in_.expect_name("a transition");
    const auto found = net_.meanings.find(name.text);
    if (found == net_.meanings.end() || found->second.kind != Meaning::Kind::transition)
      fail(name.place, fmt::format("there is no transition '{}'", name.text));
    return {found->second.name, name.place};
  }

  ExpressionPtr condition() {
    const prism::Place start = in_.here();
    const Typed found = disjunction_chain();
    if (is_number(found.type)) fail(start, "expected a condition, not a number");
    return found.e;
  }

  Typed numeric(Typed (ExpressionParser::*level)()) {
    const prism::Place start = in_.here();
    const Typed found = (this->*level)();
    if (!is_number(found.type)) fail(start, "expected a number, not a condition");
    return found;
  }

  // Of E{...}: an integer where it can be one.
  ExpressionPtr quantity() {
    const Typed found = numeric(&ExpressionParser::sum);
    return found.type == Type::integer ? as_integer(found.e) : found.e;
  }

  // From the loosest level on: <->, ->, ||, &&, !, comparisons, + and -, * and /.
  Typed disjunction_chain() {
    const Tokens::Nesting nesting(in_);
    Typed left = implication();
    for (prism::Place place = in_.here(); in_.accept("<->"); place = in_.here())
      left = connect(Operator::iff, place, left, implication());
    return left;
  }

  Typed implication() {
    const Tokens::Nesting nesting(in_);
    const Typed left = disjunction();
    const prism::Place place = in_.here();
    return in_.accept("->") ? connect(Operator::implies, place, left, implication()) : left;
  }

  Typed disjunction() {
    Typed left = conjunction();
    for (prism::Place place = in_.here(); in_.accept("||"); place = in_.here())
      left = connect(Operator::disjunction, place, left, conjunction());
    return left;
  }

  Typed conjunction() {
    Typed left = negation();
    for (prism::Place place = in_.here(); in_.accept("&&"); place = in_.here())
      left = connect(Operator::conjunction, place, left, negation());
    return left;
  }

  Typed connect(Operator op, prism::Place place, const Typed& left, const Typed& right) {
    if (is_number(left.type) || is_number(right.type)) fail(place, "expected conditions on both sides, not numbers");
    return {make_expression(op, place, {left.e, right.e}), Type::boolean};
  }

  Typed negation() {
    const Tokens::Nesting nesting(in_);
    const prism::Place place = in_.here();
    if (!in_.accept("!")) return comparison();
    const Typed operand = negation();
    if (is_number(operand.type)) fail(place, "expected a condition behind !, not a number");
    return {make_expression(Operator::logical_not, place, {operand.e}), Type::boolean};
  }

  Typed comparison() {
    const Typed left = sum();
    const prism::Place place = in_.here();
    for (const Symbol& symbol : comparisons) {
      if (!in_.accept(symbol.text)) continue;
      const Typed right = sum();
      if (!is_number(left.type) || !is_number(right.type)) fail(place, "conditions are not compared, but numbers are");
      const bool integers = left.type == Type::integer && right.type == Type::integer;
      return {make_expression(symbol.op, place,
                              {integers ? as_integer(left.e) : left.e, integers ? as_integer(right.e) : right.e}),
              Type::boolean};
    }
    return left;
  }

  Typed sum() {
    Typed left = product();
    while (in_.at("+") || in_.at("-")) {
      const prism::Place place = in_.here();
      const bool minus = in_.take().text == "-";
      Typed right = product();
      if (minus) right.e = make_expression(Operator::negation, place, {right.e});
      left = arithmetic(Operator::sum, place, left, right);
    }
    return left;
  }

  Typed product() {
    Typed left = unary();
    while (in_.at("*") || in_.at("/")) {
      const prism::Place place = in_.here();
      const Operator op = in_.take().text == "*" ? Operator::times : Operator::divide;
      left = arithmetic(op, place, left, unary());
    }
    return left;
  }

  Typed arithmetic(Operator op, prism::Place place, const Typed& left, const Typed& right) {
    if (!is_number(left.type) || !is_number(right.type)) fail(place, "expected numbers on both sides, not conditions");
    const Type type = left.type == Type::integer && right.type == Type::integer ? Type::integer : Type::real;
    return {make_expression(op, place, {left.e, right.e}), type};
  }

  Typed unary() {
    const Tokens::Nesting nesting(in_);
    const prism::Place place = in_.here();
    if (!in_.accept("-")) return primary();
    const Typed operand = numeric(&ExpressionParser::unary);
    return {make_expression(Operator::negation, place, {operand.e}), operand.type};
  }

  Typed primary() {
    const Tokens::Nesting nesting(in_);
    if (in_.peek().kind == Token::Kind::number) return literal();
    const Token token = in_.take();
    if (token.text == "(") {
      const Typed inner = disjunction_chain();
      in_.expect(")");
      return inner;
    }
    if (token.text == "#") return marking();
    if (token.text == "True" || token.text == "False")
      return {make_literal(token.place, Type::boolean, token.text == "True" ? 1 : 0), Type::boolean};
    if (token.text == "when") return cases(token.place);
    if (token.kind != Token::Kind::name) fail(token.place, "expected an expression");
    return in_.accept("[") ? function(token) : constant(token);
  }

  Typed literal() {
    const Token token = in_.take();
    const std::string_view text = token.text;
    const double value = parse_double(text).value_or(NAN);
    if (text.find_first_of(".eE") != std::string_view::npos) {
      if (!std::isfinite(value)) fail(token.place, "a number beyond all doubles");
      return {make_literal(token.place, Type::real, value, radius(value, decimal_error(text, value))), Type::real};
    }
    if (value > 9007199254740992.0) fail(token.place, "an integer of more than 2^53");
    return {make_literal(token.place, Type::integer, value), Type::integer};
  }

  Typed marking() {
    const bool bracket = in_.accept("(");  // as PIPE has it
    const Token name = in_.expect_name("a place");
    if (bracket) in_.expect(")");
    const auto found = net_.meanings.find(name.text);
    if (found == net_.meanings.end() || found->second.kind != Meaning::Kind::place)
      fail(name.place, fmt::format("there is no place '{}'", name.text));
    return {make_expression(Operator::identifier, name.place, {}, found->second.name), Type::integer};
  }

  Typed constant(const Token& name) {
    const auto found = net_.meanings.find(name.text);
    if (found == net_.meanings.end()) fail(name.place, fmt::format("unknown name '{}'", name.text));
    const Meaning& meaning = found->second;
    if (meaning.kind == Meaning::Kind::place)
      fail(name.place, fmt::format("the number of tokens in '{0}' is written as #{0}", name.text));
    if (meaning.kind == Meaning::Kind::transition) fail(name.place, fmt::format("'{}' is a transition", name.text));
    return {make_expression(Operator::identifier, name.place, {}, meaning.name),
            meaning.kind == Meaning::Kind::integer ? Type::integer : Type::real};
  }

  // when condition : expression ; ever expression ;
  Typed cases(prism::Place place) {
    const ExpressionPtr when = condition();
    in_.expect(":");
    const Typed then = numeric(&ExpressionParser::sum);
    in_.expect(";");
    in_.expect("ever");
    const Typed otherwise = numeric(&ExpressionParser::sum);
    in_.accept(";");
    return conditional(place, when, then, otherwise);
  }

  static Typed conditional(prism::Place place, const ExpressionPtr& when, const Typed& then, const Typed& otherwise) {
    const Type type = then.type == Type::integer ? otherwise.type : then.type;
    return {make_expression(Operator::conditional, place, {when, then.e, otherwise.e}), type};
  }

  Typed function(const Token& name) {
    if (name.text == "If") {
      const ExpressionPtr when = condition();
      in_.expect(",");
      const Typed then = numeric(&ExpressionParser::sum);
      in_.expect(",");
      const Typed otherwise = numeric(&ExpressionParser::sum);
      in_.expect("]");
      return conditional(name.place, when, then, otherwise);
    }
    std::vector<Typed> arguments;
    do arguments.push_back(numeric(&ExpressionParser::sum));
    while (in_.accept(","));
    in_.expect("]");
    return apply_function(name, arguments);
  }

  Tokens in_;
  const Net& net_;
};

}  // namespace

ExpressionPtr read_expression(const Text& text, Asked asked, const char* what, const Net& net) {
  return ExpressionParser(text, net).whole(asked, what);
}

std::vector<prism::RewardItem> read_measure(const Text& text, const Net& net) {
  return ExpressionParser(text, net).measure();
}

bool reads_marking(const prism::Expression& expression, const Net& net) {
  const auto is_place = [&](const Place& place) { return place.name.text == expression.name; };
  if (expression.op == Operator::identifier && std::any_of(net.places.begin(), net.places.end(), is_place)) return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](const ExpressionPtr& operand) { return reads_marking(*operand, net); });
}

}  // namespace steady::detail::petri
