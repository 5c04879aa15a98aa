// The expressions of the PRISM language, one function a level of precedence, the loosest first.
#include <fmt/format.h>

#include <algorithm>

#include "formats/base/decimal.hpp"
#include "formats/model/prism/language/parser.hpp"

namespace steady::detail::prism {

namespace {

ExpressionPtr implication(TokenReader& in);
ExpressionPtr unary_minus(TokenReader& in);

// arguments ::= "(" expression ("," expression)* ")"
std::vector<ExpressionPtr> arguments(TokenReader& in) {
  std::vector<ExpressionPtr> operands;
  do operands.push_back(parse_expression(in));
  while (in.accept(","));
  in.expect(")");
  return operands;
}

// function name ::= identifier | "min" | "max"
Token function_name(TokenReader& in) {
  return in.at("min") || in.at("max") ? in.take() : in.expect(TokenKind::identifier, "the name of a function");
}

ExpressionPtr number(TokenReader& in) {
  const Token token = in.take();
  if (token.kind == TokenKind::real) return make_decimal(in.place(token), token.text);
  const double value = parse_double(token.text).value();
  if (value > 9007199254740992.0) fail(in.place(token), "an int of more than 2^53");
  return make_literal(in.place(token), Type::integer, value);
}

// basic ::= number | "true" | "false" | identifier | identifier arguments | ("min"|"max") arguments
//         | "func" "(" function name "," expression ("," expression)* ")" | '"' label '"' | "(" expression ")"
ExpressionPtr basic(TokenReader& in) {
  const Token token = in.peek();
  const Place place = in.here();
  if (token.kind == TokenKind::integer || token.kind == TokenKind::real) return number(in);
  if (in.accept("true")) return make_literal(place, Type::boolean, 1);
  if (in.accept("false")) return make_literal(place, Type::boolean, 0);
  if (token.kind == TokenKind::string) return make_expression(Operator::label, place, {}, in.take().text);
  if (in.accept("(")) {
    ExpressionPtr inner = parse_expression(in);
    in.expect(")");
    return inner;
  }
  if (in.accept("func")) {
    in.expect("(");
    const std::string_view name = function_name(in).text;
    in.expect(",");
    return make_expression(Operator::call, place, arguments(in), name);
  }
  if (token.kind == TokenKind::identifier || in.at("min") || in.at("max")) {
    in.take();
    if (in.accept("(")) return make_expression(Operator::call, place, arguments(in), token.text);
    if (token.kind == TokenKind::identifier) return make_expression(Operator::identifier, place, {}, token.text);
    in.fail_expected("'('");
  }
  in.fail_expected("an expression");
}

// power ::= basic ("^" unary minus)?      so that 2^3^2 = 2^9 and -2^2 = -4
ExpressionPtr power(TokenReader& in) {
  ExpressionPtr left = basic(in);
  const Place place = in.here();
  if (!in.accept("^")) return left;
  return make_expression(Operator::power, place, {left, unary_minus(in)});
}

// unary minus ::= "-" unary minus | power
ExpressionPtr unary_minus(TokenReader& in) {
  const TokenReader::Nesting nesting(in);
  const Place place = in.here();
  if (in.accept("-")) return make_expression(Operator::negation, place, {unary_minus(in)});
  return power(in);
}

// product ::= unary minus (("*"|"/") unary minus)*
ExpressionPtr product(TokenReader& in) {
  ExpressionPtr left = unary_minus(in);
  while (in.at("*") || in.at("/")) {
    const Place place = in.here();
    const Operator op = in.take().text == "*" ? Operator::times : Operator::divide;
    left = make_expression(op, place, {left, unary_minus(in)});
  }
  return left;
}

// sum ::= product (("+"|"-") product)*
ExpressionPtr sum(TokenReader& in) {
  std::vector<ExpressionPtr> terms{product(in)};
  const Place first = in.here();
  while (in.at("+") || in.at("-")) {
    const Place place = in.here();
    const bool minus = in.take().text == "-";
    ExpressionPtr term = product(in);
    terms.push_back(minus ? make_expression(Operator::negation, place, {term}) : term);
  }
  return terms.size() == 1 ? terms[0] : make_expression(Operator::sum, first, std::move(terms));
}

// relation ::= sum (("<"|"<="|">"|">=") sum)*
ExpressionPtr relation(TokenReader& in) {
  ExpressionPtr left = sum(in);
  while (in.at("<") || in.at("<=") || in.at(">") || in.at(">=")) {
    const Place place = in.here();
    const std::string_view text = in.take().text;
    const Operator op = text == "<"    ? Operator::less
                        : text == "<=" ? Operator::at_most
                        : text == ">"  ? Operator::greater
                                       : Operator::at_least;
    left = make_expression(op, place, {left, sum(in)});
  }
  return left;
}

// equality ::= relation (("="|"!=") relation)*
ExpressionPtr equality(TokenReader& in) {
  ExpressionPtr left = relation(in);
  while (in.at("=") || in.at("!=")) {
    const Place place = in.here();
    const Operator op = in.take().text == "=" ? Operator::equal : Operator::not_equal;
    left = make_expression(op, place, {left, relation(in)});
  }
  return left;
}

// not ::= "!" not | equality
ExpressionPtr logical_not(TokenReader& in) {
  const TokenReader::Nesting nesting(in);
  const Place place = in.here();
  if (in.accept("!")) return make_expression(Operator::logical_not, place, {logical_not(in)});
  return equality(in);
}

// conjunction ::= not ("&" not)*
ExpressionPtr conjunction(TokenReader& in) {
  std::vector<ExpressionPtr> operands{logical_not(in)};
  const Place place = in.here();
  while (in.accept("&")) operands.push_back(logical_not(in));
  return operands.size() == 1 ? operands[0] : make_expression(Operator::conjunction, place, std::move(operands));
}

// disjunction ::= conjunction ("|" conjunction)*
ExpressionPtr disjunction(TokenReader& in) {
  std::vector<ExpressionPtr> operands{conjunction(in)};
  const Place place = in.here();
  while (in.accept("|")) operands.push_back(conjunction(in));
  return operands.size() == 1 ? operands[0] : make_expression(Operator::disjunction, place, std::move(operands));
}

// equivalence ::= disjunction ("<=>" disjunction)*
ExpressionPtr equivalence(TokenReader& in) {
  ExpressionPtr left = disjunction(in);
  for (Place place = in.here(); in.accept("<=>"); place = in.here())
    left = make_expression(Operator::iff, place, {left, disjunction(in)});
  return left;
}

// implication ::= equivalence ("=>" implication)?
ExpressionPtr implication(TokenReader& in) {
  const TokenReader::Nesting nesting(in);
  ExpressionPtr left = equivalence(in);
  const Place place = in.here();
  if (!in.accept("=>")) return left;
  return make_expression(Operator::implies, place, {left, implication(in)});
}

}  // namespace

// expression ::= implication ("?" expression ":" expression)?
ExpressionPtr parse_expression(TokenReader& in) {
  const TokenReader::Nesting nesting(in);
  ExpressionPtr condition = implication(in);
  const Place place = in.here();
  if (!in.accept("?")) return condition;
  ExpressionPtr then = parse_expression(in);
  in.expect(":");
  return make_expression(Operator::conditional, place, {condition, then, parse_expression(in)});
}

ExpressionPtr parse_operand(TokenReader& in) { return power(in); }

ExpressionPtr parse_number(TokenReader& in) { return sum(in); }

}  // namespace steady::detail::prism
