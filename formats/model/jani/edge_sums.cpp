// That the probabilities of a ctmc's edges sum to 1. Those of a dtmc are added up when its transitions are.
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

// Whether they are N1 / R, N2 / R, ... of the rate R = N1 + N2 + ..., as converters write them.
bool is_shared_out(const std::vector<ExpressionPtr>& probabilities, const prism::Expression& rate) {
  return rate.op == Operator::sum &&
         std::equal(probabilities.begin(), probabilities.end(), rate.operands.begin(), rate.operands.end(),
                    [&](const ExpressionPtr& p, const ExpressionPtr& term) {
                      return p->op == Operator::divide && same(*p->operands[0], *term) && same(*p->operands[1], rate);
                    });
}

void require_sum_of_numbers(const std::vector<ExpressionPtr>& probabilities, Place place) {
  double sum = 0;
  for (const ExpressionPtr& p : probabilities) sum += p->value;
  if (!(std::abs(sum - 1) <= most_off))
    prism::fail(place, fmt::format("the probabilities of this edge sum to {}", sum));
}

// Wherever the edge has a rate.
ExpressionPtr sums_to_one(const ExpressionPtr& sum, const ExpressionPtr& rate, const prism::Command& command) {
  const Place place = command.place;
  const auto compared = [&](Operator relation, const ExpressionPtr& value, double bound) {
    return make_expression(relation, place, {value, make_literal(place, Type::real, bound)});
  };
  const auto both = [&](ExpressionPtr a, ExpressionPtr b) {
    return make_expression(Operator::conjunction, place, {std::move(a), std::move(b)});
  };
  return make_expression(
      Operator::conditional, place,
      {both(command.guard, compared(Operator::greater, rate, 0)),
       both(compared(Operator::at_least, sum, 1 - most_off), compared(Operator::at_most, sum, 1 + most_off)),
       make_literal(place, Type::boolean, 1)});
}

}  // namespace

void require_sum(std::vector<ExpressionPtr> probabilities, const ExpressionPtr& rate, const prism::Command& command,
                 Network& network) {
  const auto is_number = [](const ExpressionPtr& p) { return p->op == Operator::literal; };
  if (is_shared_out(probabilities, *rate)) return;
  if (std::all_of(probabilities.begin(), probabilities.end(), is_number))
    return require_sum_of_numbers(probabilities, command.place);
  const ExpressionPtr sum = make_expression(Operator::sum, command.place, std::move(probabilities));
  network.sums.push_back({command.place, sums_to_one(sum, rate, command)});
}

}  // namespace steady::detail::jani
