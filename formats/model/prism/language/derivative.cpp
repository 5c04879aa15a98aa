#include "formats/model/prism/language/derivative.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include <steady/error.hpp>

namespace steady::detail::prism {
namespace {

constexpr std::size_t most_written = 1'000'000;  // expressions, once formulas are written out

ExpressionPtr real_number(Place place, double value) {
  return std::make_shared<Expression>(
      Expression{.op = Operator::literal, .place = place, .value = value, .type = Type::real});
}

ExpressionPtr node_of(Operator op, Place place, std::vector<ExpressionPtr> operands) {
  return std::make_shared<Expression>(Expression{.op = op, .place = place, .operands = std::move(operands)});
}

ExpressionPtr product_of(const ExpressionPtr& a, const ExpressionPtr& b) {
  return a && b ? node_of(Operator::times, a->place, {a, b}) : nullptr;
}

ExpressionPtr total_of(Place place, std::vector<ExpressionPtr> terms) {
  std::erase(terms, nullptr);
  if (terms.empty()) return nullptr;
  return terms.size() == 1 ? terms[0] : node_of(Operator::sum, place, std::move(terms));
}

ExpressionPtr natural_logarithm(const ExpressionPtr& a) {
  return std::make_shared<Expression>(Expression{
      .op = Operator::call, .place = a->place, .operands = {a, real_number(a->place, std::exp(1.0))}, .name = "log"});
}

}  // namespace

ExpressionPtr Differentiator::derivative(const ExpressionPtr& expression, const Renaming* renaming) {
  written_ = 0;
  return of(written_out(expression, renaming));
}

void Differentiator::require_unchanged(const ExpressionPtr& expression, const Renaming* renaming, const char* what) {
  if (!expression) return;
  written_ = 0;
  if (changes(*written_out(expression, renaming)))
    fail(expression->place,
         fmt::format("--sensitivity: {} changes with the constant '{}'; only rates, probabilities and "
                     "rewards may",
                     what, constant_));
}

// With every name renamed and every formula in its place.
ExpressionPtr Differentiator::written_out(const ExpressionPtr& e, const Renaming* renaming) {
  if (++written_ > most_written) fail(e->place, "the expression is too large once its formulas are written out");
  if (e->op == Operator::identifier) return name_written_out(e, renaming);
  if (e->op == Operator::label)
    if (const auto label = vocabulary_.labels.find(e->name); label != vocabulary_.labels.end())
      return written_out(label->second, renaming);
  auto copy = std::make_shared<Expression>(*e);
  for (ExpressionPtr& operand : copy->operands) operand = written_out(operand, renaming);
  if (e->op == Operator::call && renaming != nullptr)
    if (const auto renamed = renaming->find(e->name); renamed != renaming->end()) copy->name = renamed->second;
  return copy;
}

// A formula is written out first and then renamed, as the text around it. A name renamed to a formula means it.
ExpressionPtr Differentiator::name_written_out(const ExpressionPtr& e, const Renaming* renaming) {
  const auto& formulas = vocabulary_.formulas;
  const auto renamed = renaming == nullptr ? Renaming::const_iterator() : renaming->find(e->name);
  const bool is_renamed = renaming != nullptr && renamed != renaming->end();
  if (is_renamed)
    if (const auto formula = formulas.find(renamed->second); formula != formulas.end())
      return written_out(formula->second, nullptr);
  if (const auto formula = formulas.find(e->name); formula != formulas.end())
    return written_out(formula->second, renaming);
  if (!is_renamed) return e;
  auto copy = std::make_shared<Expression>(*e);
  copy->name = renamed->second;
  return copy;
}

bool Differentiator::changes(const Expression& e) {
  if (e.op == Operator::identifier) return of_name(e) != nullptr;
  return std::any_of(e.operands.begin(), e.operands.end(),
                     [&](const ExpressionPtr& operand) { return changes(*operand); });
}

// Of an expression in which everything is written out.
ExpressionPtr Differentiator::of(const ExpressionPtr& e) {
  if (!changes(*e)) return nullptr;
  const auto operand = [&](std::size_t k) { return e->operands[k]; };
  switch (e->op) {
    case Operator::identifier:
      return of_name(*e);
    case Operator::sum: {
      std::vector<ExpressionPtr> terms;
      for (const ExpressionPtr& term : e->operands) terms.push_back(of(term));
      return total_of(e->place, std::move(terms));
    }
    case Operator::negation:
      return node_of(Operator::negation, e->place, {of(operand(0))});
    case Operator::times:
      return total_of(e->place, {product_of(of(operand(0)), operand(1)), product_of(operand(0), of(operand(1)))});
    case Operator::divide: {  // a'/b - (a/b) (b'/b)
      const ExpressionPtr a = of(operand(0)), b = of(operand(1));
      const auto over = [&](const ExpressionPtr& x) {
        return x ? node_of(Operator::divide, e->place, {x, operand(1)}) : nullptr;
      };
      const ExpressionPtr second = product_of(e, over(b));
      return total_of(e->place, {over(a), second ? node_of(Operator::negation, e->place, {second}) : nullptr});
    }
    case Operator::power:
      return of_power(*e);
    case Operator::call:
      return of_call(*e);
    case Operator::conditional: {
      if (changes(*operand(0))) break;
      const ExpressionPtr then = of(operand(1)), otherwise = of(operand(2)), zero = real_number(e->place, 0);
      return node_of(Operator::conditional, e->place, {operand(0), then ? then : zero, otherwise ? otherwise : zero});
    }
    default:
      break;
  }
  fail(e->place, fmt::format("--sensitivity: a comparison changes with the constant '{}'", constant_));
}

ExpressionPtr Differentiator::of_name(const Expression& e) {
  if (e.name == constant_) return real_number(e.place, 1);
  const auto constant = vocabulary_.constants.find(e.name);
  if (constant == vocabulary_.constants.end() || !constant->second.definition) return nullptr;
  const auto known = derivatives_.find(e.name);
  if (known != derivatives_.end()) return known->second;
  const ExpressionPtr found =
      of(written_out(constant->second.definition, nullptr));  // constants are defined without a circle
  derivatives_.emplace(e.name, found);
  return found;
}

// a^b: b a^(b-1) a' where b stays, which is 0 where b is, a or not; else a^b (b' ln a + b a'/a).
ExpressionPtr Differentiator::of_power(const Expression& e) {
  const ExpressionPtr &a = e.operands[0], &b = e.operands[1], da = of(a), db = of(b);
  const auto power = [&](const ExpressionPtr& exponent) { return node_of(Operator::power, e.place, {a, exponent}); };
  if (!db) {
    const ExpressionPtr zero = real_number(e.place, 0),
                        less = node_of(Operator::sum, e.place, {b, real_number(e.place, -1)});
    return node_of(Operator::conditional, e.place,
                   {node_of(Operator::equal, e.place, {b, zero}), zero, product_of(product_of(b, power(less)), da)});
  }
  const ExpressionPtr relative = da ? product_of(b, node_of(Operator::divide, e.place, {da, a})) : nullptr;
  return product_of(power(b), total_of(e.place, {product_of(db, natural_logarithm(a)), relative}));
}

ExpressionPtr Differentiator::of_call(const Expression& e) {
  if (e.name == "pow") return of_power(e);
  if (e.name == "log" && !changes(*e.operands[1])) {  // a' / (a ln b)
    const ExpressionPtr& a = e.operands[0];
    return node_of(Operator::divide, e.place, {of(a), product_of(a, natural_logarithm(e.operands[1]))});
  }
  fail(e.place, fmt::format("--sensitivity: {} of what changes with the constant '{}' has no derivative everywhere",
                            e.name, constant_));
}

}  // namespace steady::detail::prism
