#include "formats/model/prism/language/print.hpp"

#include <fmt/format.h>

#include <string_view>

namespace steady::detail::prism {

namespace {

// How tightly an operator binds, from the loosest, and its symbol; calls and names bind tightest.
struct Binding {
  int level;
  std::string_view symbol = {};
};

Binding binding(Operator op) {
  switch (op) {
    case Operator::conditional:
      return {0};
    case Operator::implies:
      return {1, "=>"};
    case Operator::iff:
      return {2, "<=>"};
    case Operator::disjunction:
      return {3, " | "};
    case Operator::conjunction:
      return {4, " & "};
    case Operator::logical_not:
      return {5, "!"};
    case Operator::equal:
      return {6, "="};
    case Operator::not_equal:
      return {6, "!="};
    case Operator::less:
      return {7, "<"};
    case Operator::at_most:
      return {7, "<="};
    case Operator::greater:
      return {7, ">"};
    case Operator::at_least:
      return {7, ">="};
    case Operator::sum:
      return {8, "+"};
    case Operator::times:
      return {9, "*"};
    case Operator::divide:
      return {9, "/"};
    case Operator::negation:
      return {10, "-"};
    case Operator::power:
      return {11, "^"};
    default:
      return {12};
  }
}

// In brackets where it does not bind as tightly as the level asks for.
std::string print(const Expression& e, int level);

std::string joined(const Expression& e, std::string_view separator, int first, int others) {
  std::string text;
  for (const ExpressionPtr& operand : e.operands) {
    if (!text.empty()) text += separator;
    text += print(*operand, text.empty() ? first : others);
  }
  return text;
}

std::string sum(const Expression& e) {
  const int level = binding(Operator::sum).level;
  std::string text;
  for (const ExpressionPtr& term : e.operands) {
    const bool minus = term->op == Operator::negation && !text.empty();
    if (!text.empty()) text += minus ? "-" : "+";
    text += print(minus ? *term->operands[0] : *term, text.empty() ? level : level + 1);
  }
  return text;
}

std::string number(const Expression& literal) {
  std::string text = fmt::format("{}", literal.value);
  if (literal.type == Type::real && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string unbracketed(const Expression& e) {
  const Binding own = binding(e.op);
  switch (e.op) {
    case Operator::literal:
      if (e.type == Type::boolean) return e.value != 0 ? "true" : "false";
      return number(e);
    case Operator::identifier:
      return std::string(e.name);
    case Operator::label:
      return fmt::format("\"{}\"", e.name);
    case Operator::call:
      return fmt::format("{}({})", e.name, joined(e, ", ", 0, 0));
    case Operator::conditional:
      return joined({e.op, e.place, {e.operands[0], e.operands[1]}}, " ? ", 1, 1) + " : " + print(*e.operands[2], 0);
    case Operator::logical_not:
    case Operator::negation:
      return std::string(own.symbol) + print(*e.operands[0], own.level);
    case Operator::sum:
      return sum(e);
    case Operator::times:
    case Operator::divide:
      return joined(e, own.symbol, own.level, own.level + 1);
    default:
      return joined(e, own.symbol, own.level + 1, own.level + 1);
  }
}

std::string print(const Expression& e, int level) {
  const std::string text = unbracketed(e);
  const bool negative = e.op == Operator::literal && text[0] == '-';
  const int own = negative ? binding(Operator::negation).level : binding(e.op).level;
  return own < level ? "(" + text + ")" : text;
}

}  // namespace

std::string print(const Expression& expression) { return print(expression, 0); }

}  // namespace steady::detail::prism
