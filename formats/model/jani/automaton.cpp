#include "formats/model/jani/automaton.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace steady::detail::jani {

using prism::fail;
using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

// An automaton with several locations is in one of them by an int variable.
void read_locations(Automaton& automaton) {
  const Json& json = automaton.json;
  for (const Json* location : json.array_at("locations", "an automaton")) {
    const std::string_view name = location->string_at("name", "a location");
    if (!automaton.locations.emplace(name, automaton.locations.size()).second)
      fail(location->place, fmt::format("the location '{}' is declared twice", name));
    if (location->find("time-progress") != nullptr)
      fail(location->place, "time-progress conditions belong to timed automata, which are not Markov chains");
  }
  const std::size_t count = automaton.locations.size();
  if (count == 0) fail(json.place, "an automaton without locations");
  if (count == 1) return;
  Network& network = automaton.network;
  automaton.location = {network.names.unique(fmt::format("{}_location", automaton.module.name.text)), json.place};
  network.syntax.globals.push_back({automaton.location, false, whole_number(json.place, 0),
                                    whole_number(json.place, static_cast<double>(count - 1)), nullptr});
}

// `location_variable`: its number among the model's, where the automaton has several locations.
void read_initial_states(Automaton& automaton, std::size_t location_variable) {
  const Json& json = automaton.json;
  Network& network = automaton.network;
  std::vector<ExpressionPtr> starts;
  const std::vector<const Json*>& names = json.array_at("initial-locations", "an automaton");
  for (const Json* name : names)
    if (ExpressionPtr here = automaton.in_location(*name)) starts.push_back(std::move(here));
  if (names.empty()) fail(json.place, "an automaton without an initial location");
  if (starts.size() == 1)
    network.syntax.globals[location_variable].initial = starts[0]->operands[1];
  else if (!starts.empty())
    network.initial.push_back(make_expression(Operator::disjunction, json.place, starts));
  if (const Json* restricted = json.find("restrict-initial"))
    network.initial.push_back(network.expressions.read(restricted->at("exp", "restrict-initial"), automaton.scope));
}

Transient& transient_of(const Json& ref, Automaton& automaton) {
  Transient* transient = automaton.network.find_transient(automaton.variable(ref));
  if (transient == nullptr) fail(ref.place, fmt::format("'{}' is no transient variable", ref.text));
  return *transient;
}

void read_transient_values(const Json& location, Automaton& automaton) {
  std::set<std::string_view> given;
  for (const Json* json : location.array_if_any("transient-values", "a location")) {
    const Json& ref = json->at("ref", "a transient value");
    Transient& transient = transient_of(ref, automaton);
    if (!given.insert(transient.name).second)
      fail(ref.place, fmt::format("'{}' has two values in one location", ref.text));
    transient.in_locations.push_back(
        {automaton.number, automaton.in_location(location.at("name", "a location")),
         automaton.network.expressions.read(json->at("value", "a transient value"), automaton.scope)});
  }
}

// Wherever no edge takes the action, one of rate 1 now does, and nothing changes.
void input_enable(const Json& action, Automaton& automaton) {
  if (!action.is(Json::Kind::string)) fail(action.place, "an action must be a string");
  for (const Json* json : automaton.json.array_at("locations", "an automaton")) {
    const Json& name = json->at("name", "a location");
    ExpressionPtr guard = make_literal(action.place, Type::boolean, 1);
    const auto own = automaton.guards.find({automaton.location_of(name), action.text});
    if (own != automaton.guards.end()) {
      guard = own->second[0];
      if (own->second.size() > 1) guard = make_expression(Operator::disjunction, action.place, own->second);
      guard = make_expression(Operator::logical_not, action.place, {guard});
    }
    const prism::Update stay{action.place, whole_number(action.place, 1), {}};
    automaton.module.commands.push_back(
        {action.place, {action.text, action.place}, both(automaton.in_location(name), guard), {stay}});
  }
}

}  // namespace

std::size_t Automaton::location_of(const Json& name) const {
  const auto found = locations.find(name.text);
  if (!name.is(Json::Kind::string) || found == locations.end())
    fail(name.place, fmt::format("the automaton has no location '{}'", name.text));
  return found->second;
}

ExpressionPtr Automaton::in_location(const Json& name) const {
  const std::size_t index = location_of(name);
  if (locations.size() == 1) return nullptr;
  return make_expression(Operator::equal, name.place,
                         {make_expression(Operator::identifier, name.place, {}, location.text),
                          whole_number(name.place, static_cast<double>(index))});
}

std::string_view Automaton::variable(const Json& ref) const {
  if (!ref.is(Json::Kind::string)) fail(ref.place, "assignments to parts of a variable are not read");
  const Meaning* meaning = scope.find_name(ref.text);
  if (meaning == nullptr) fail(ref.place, fmt::format("unknown name '{}'", ref.text));
  return meaning->name;
}

ExpressionPtr both(const ExpressionPtr& location, ExpressionPtr guard) {
  if (!location) return guard;
  std::vector<ExpressionPtr> operands{location};
  if (guard->op == Operator::conjunction)
    operands.insert(operands.end(), guard->operands.begin(), guard->operands.end());
  else
    operands.push_back(std::move(guard));
  return make_expression(Operator::conjunction, location->place, std::move(operands));
}

void find_shared_assignments(const Json& automaton, std::size_t number, Network& network) {
  const auto add = [&](const Json& from) {
    for (const Json* assignment : from.array_if_any("assignments", "a destination"))
      if (const Meaning* global = network.scope.find_name(assignment->at("ref", "an assignment").text))
        network.shared_assignments.emplace(global->name, SharedAssignment{number, index_of(*assignment)});
  };
  for (const Json* edge : automaton.array_at("edges", "an automaton")) {
    if (!has_action(*edge)) continue;
    add(*edge);
    for (const Json* destination : edge->array_at("destinations", "an edge")) add(*destination);
  }
}

std::set<std::string_view> add_automaton(const Json& json, const Json& element, Network& network) {
  const std::size_t location_variable = network.syntax.globals.size();
  Automaton automaton{json, network, {&network.scope}, network.syntax.modules.size()};
  const std::string_view name = json.string_at("name", "an automaton");
  automaton.module.name = {network.names.unique(name), json.place};
  declare_functions(json, automaton.scope, network);
  read_locations(automaton);
  declare_variables(json, name, automaton.scope, network);
  read_initial_states(automaton, location_variable);
  for (const Json* location : json.array_at("locations", "an automaton")) read_transient_values(*location, automaton);
  for (const Json* edge : json.array_at("edges", "an automaton")) add_edge(*edge, automaton);
  for (const Json* action : element.array_if_any("input-enable", "an element")) input_enable(*action, automaton);
  network.syntax.modules.push_back(std::move(automaton.module));
  return std::move(automaton.unrated);
}

}  // namespace steady::detail::jani
