#include "formats/model/petri/net.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace steady::detail::petri {

using prism::fail;

void Net::declare(prism::Name name, Meaning meaning) {
  if (!meanings.emplace(name.text, meaning).second)
    fail(name.place, fmt::format("the name '{}' is declared twice", name.text));
}

void Net::add_constant(prism::Name name, prism::Type type, ExpressionPtr value) {
  const std::string_view unique = names.unique(name.text);
  declare(name, {type == prism::Type::integer ? Meaning::Kind::integer : Meaning::Kind::real, unique});
  constants.push_back({{unique, name.place}, type, std::move(value)});
}

void Net::add_place(prism::Name name, ExpressionPtr marking, ExpressionPtr capacity) {
  const std::string_view unique = names.unique(name.text);
  declare(name, {Meaning::Kind::place, unique, places.size()});
  places.push_back({{unique, name.place}, std::move(marking), std::move(capacity)});
}

void Net::add_transition(Transition transition) {
  declare(transition.name, {Meaning::Kind::transition, transition.name.text, transitions.size()});
  transitions.push_back(std::move(transition));
}

void Net::add_measure(std::string_view name, prism::Place place, std::vector<prism::RewardItem> items) {
  std::string text(name);
  std::erase(text, '"');
  const auto same = [&](const prism::RewardStructure& r) { return r.name.text == text; };
  if (std::any_of(rewards.begin(), rewards.end(), same)) return;
  rewards.push_back({{texts.emplace_back(std::move(text)), place}, std::move(items)});
}

void Net::add_basic_measures(prism::Place place) {
  const ExpressionPtr always = prism::make_literal(place, prism::Type::boolean, 1);
  const ExpressionPtr one = prism::make_literal(place, prism::Type::integer, 1);
  for (const Place& p : places) {
    const ExpressionPtr tokens = prism::make_expression(prism::Operator::identifier, place, {}, p.name.text);
    add_measure(fmt::format("E{{#{}}}", p.name.text), place, {{place, false, {}, always, tokens}});
  }
  for (const Transition& t : transitions)
    add_measure(fmt::format("X{{{}}}", t.name.text), place, {{place, true, t.name, always, one}});
}

}  // namespace steady::detail::petri
