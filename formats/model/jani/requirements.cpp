// What has to hold in every state: that the probabilities of a ctmc's edges sum to 1, of which those of a dtmc are
// added up when its transitions are, and that transient variables stay in their ranges.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/model/jani/network.hpp"

namespace steady::detail::jani {

using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::same;
using prism::Type;

namespace {

constexpr double most_off = 1e-5;

// Whether they are N1 / R, N2 / R, ... of the rate R = N1 + N2 + ..., or the only one is R / R, as converters write
// them.
bool is_shared_out(const std::vector<ExpressionPtr>& probabilities, const prism::Expression& rate) {
  const auto is_part = [&](const ExpressionPtr& p, const prism::Expression& term) {
    return p->op == Operator::divide && same(*p->operands[0], term) && same(*p->operands[1], rate);
  };
  if (probabilities.size() == 1) return is_part(probabilities[0], rate);
  return rate.op == Operator::sum &&
         std::equal(probabilities.begin(), probabilities.end(), rate.operands.begin(), rate.operands.end(),
                    [&](const ExpressionPtr& p, const ExpressionPtr& term) { return is_part(p, *term); });
}

void require_sum_of_numbers(const std::vector<ExpressionPtr>& probabilities, Place place) {
  double sum = 0;
  for (const ExpressionPtr& p : probabilities) sum += p->value;
  if (!(std::abs(sum - 1) <= most_off))
    prism::fail(place, fmt::format("the probabilities of this edge sum to {}", sum));
}

ExpressionPtr compared(Operator relation, const ExpressionPtr& value, const ExpressionPtr& bound) {
  return make_expression(relation, value->place, {value, bound});
}

// Both bounds may be null.
ExpressionPtr between(const ExpressionPtr& value, const ExpressionPtr& low, const ExpressionPtr& high) {
  if (!low) return compared(Operator::at_most, value, high);
  if (!high) return compared(Operator::at_least, value, low);
  return make_expression(Operator::conjunction, value->place,
                         {compared(Operator::at_least, value, low), compared(Operator::at_most, value, high)});
}

ExpressionPtr between(const ExpressionPtr& value, double low, double high) {
  return between(value, make_literal(value->place, Type::real, low), make_literal(value->place, Type::real, high));
}

ExpressionPtr wherever(const ExpressionPtr& where, ExpressionPtr holds) {
  const Place place = holds->place;
  return make_expression(Operator::conditional, place,
                         {where, std::move(holds), make_literal(place, Type::boolean, 1)});
}

}  // namespace

void require_sum(std::vector<ExpressionPtr> probabilities, const ExpressionPtr& rate, const prism::Command& command,
                 Network& network) {
  const Place place = command.place;
  const auto is_number = [](const ExpressionPtr& p) { return p->op == Operator::literal; };
  if (is_shared_out(probabilities, *rate)) return;
  if (std::all_of(probabilities.begin(), probabilities.end(), is_number))
    return require_sum_of_numbers(probabilities, place);
  const ExpressionPtr sum = make_expression(Operator::sum, place, std::move(probabilities));
  const ExpressionPtr has_rate = compared(Operator::greater, rate, make_literal(place, Type::integer, 0));
  const ExpressionPtr taken = make_expression(Operator::conjunction, place, {command.guard, has_rate});
  network.sums.push_back({place, taken, sum});
  network.requirements.push_back({place, wherever(taken, between(sum, 1 - most_off, 1 + most_off)),
                                  "the probabilities of this edge do not sum to 1"});
}

void require_range(const Transient& transient, const ExpressionPtr& value, const ExpressionPtr& where,
                   Network& network) {
  if (!transient.low && !transient.high) return;
  ExpressionPtr holds = between(value, transient.low, transient.high);
  if (where) holds = wherever(where, std::move(holds));
  network.requirements.push_back(
      {value->place, std::move(holds), fmt::format("'{}' is outside of its range", transient.name)});
}

std::vector<Requirement> requirements_of_sums(const std::vector<EdgeSum>& sums, std::string_view constant,
                                              const std::function<ExpressionPtr(const ExpressionPtr&)>& derivative) {
  constexpr double rounding = 1e-9;
  std::vector<Requirement> all;
  for (const EdgeSum& edge : sums) {
    const ExpressionPtr change = derivative(edge.sum);
    if (!change) continue;
    const ExpressionPtr by = make_expression(Operator::identifier, edge.place, {}, constant);
    const ExpressionPtr elasticity = make_expression(Operator::times, edge.place, {by, change});
    all.push_back(
        {edge.place, wherever(edge.taken, between(elasticity, -rounding, rounding)),
         fmt::format("--sensitivity: the sum of this edge's probabilities changes with the constant '{}'", constant)});
  }
  return all;
}

}  // namespace steady::detail::jani
