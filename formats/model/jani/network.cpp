#include "formats/model/jani/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "formats/model/jani/keys.hpp"

namespace steady::detail::jani {

using prism::fail;
using prism::make_expression;
using prism::Operator;
using prism::Type;

namespace {

// Features that a model may declare. Those of arrays and the like are refused where they are used.
constexpr std::array<std::string_view, 11> known_features = {"arrays",
                                                             "datatypes",
                                                             "derived-operators",
                                                             "functions",
                                                             "hyperbolic-functions",
                                                             "named-expressions",
                                                             "nondet-selection",
                                                             "state-exit-rewards",
                                                             "tradeoff-properties",
                                                             "trigonometric-functions",
                                                             "multi-objective"};

void header(const Json& model, Network& network) {
  const Json& version = model.at("jani-version", "a JANI model");
  if (version.number != 1) fail(version.place, "only version 1 of JANI is read");
  const Json& json = model.at("type", "a JANI model");
  const std::string_view type = json.text;
  if (type != "ctmc" && type != "dtmc")
    fail(json.place, fmt::format("a model of type '{}' is not a Markov chain (ctmc or dtmc)", type));
  network.syntax.kind = type == "ctmc" ? Kind::ctmc : Kind::dtmc;
  for (const Json* feature : model.array_if_any("features", "a JANI model"))
    if (std::find(known_features.begin(), known_features.end(), feature->text) == known_features.end())
      fail(feature->place, fmt::format("the feature '{}' of JANI is not known", feature->text));
}

const Json& find_automaton(const Json& model, const Json& element) {
  const std::string_view name = element.string_at("automaton", "an element");
  for (const Json* automaton : model.array_at("automata", "a JANI model"))
    if (automaton->string_at("name", "an automaton") == name) return *automaton;
  fail(element.place, fmt::format("there is no automaton '{}'", name));
}

// Whether the name is a string; else it has to be null, or missing.
prism::Name optional_action(const Json* json) {
  if (json == nullptr || json->is(Json::Kind::null)) return {};
  if (!json->is(Json::Kind::string)) fail(json->place, "an action must be a string or null");
  return {json->text, json->place};
}

void composition(const Json& model, Network& network) {
  const Json& system = model.at("system", "a JANI model");
  const std::vector<const Json*>& elements = system.array_at("elements", "a system");
  for (std::size_t k = 0; k < elements.size(); ++k)
    find_shared_assignments(find_automaton(model, *elements[k]), k, network);
  std::vector<std::set<std::string_view>> unrated;
  for (const Json* element : elements)
    unrated.push_back(add_automaton(find_automaton(model, *element), *element, network));
  std::vector<prism::SynchronizationVector>& vectors = network.syntax.vectors.emplace();
  for (const Json* json : system.array_if_any("syncs", "a system")) {
    prism::SynchronizationVector vector{json->place, optional_action(json->find("result")), {}};
    bool rated = network.syntax.kind == Kind::dtmc;
    for (const Json* action : json->array_at("synchronise", "a synchronisation vector")) {
      vector.actions.push_back(optional_action(action));
      const std::size_t k = vector.actions.size() - 1;
      if (k >= unrated.size()) fail(json->place, "a synchronisation vector longer than the list of elements");
      rated = rated || (!vector.actions[k].text.empty() && !unrated[k].contains(vector.actions[k].text));
    }
    if (vector.actions.size() < unrated.size())
      fail(json->place, "a synchronisation vector shorter than the list of elements");
    if (!rated)
      fail(json->place, "edges that are taken together and have no rate belong to Markov automata, not to a ctmc");
    vectors.push_back(std::move(vector));
  }
}

void note_actions_without_a_vector(Network& network) {
  const std::vector<prism::SynchronizationVector>& vectors = *network.syntax.vectors;
  std::set<std::string_view> said;
  for (std::size_t m = 0; m < network.syntax.modules.size(); ++m)
    for (const prism::Command& command : network.syntax.modules[m].commands) {
      const std::string_view action = command.action.text;
      const bool taken = action.empty() || std::any_of(vectors.begin(), vectors.end(), [&](const auto& vector) {
                           return vector.actions[m].text == action;
                         });
      if (!taken && said.insert(action).second)
        network.notes.push_back(
            fmt::format("{}: no synchronisation vector has the action '{}' of '{}', so it is never taken",
                        location(command.place), action, network.syntax.modules[m].name.text));
    }
}

void note_unrated_edges(Network& network) {
  if (network.unrated.empty()) return;
  const std::size_t count = network.unrated.size();
  network.notes.push_back(fmt::format("{}: this edge{} without a rate, which JANI asks for in a ctmc: it is taken as 1",
                                      location(network.unrated[0]),
                                      count == 1 ? " is" : fmt::format(" and {} more are", count - 1)));
}

// What a transient variable is in a state.
ExpressionPtr value_in_states(const Transient& transient) {
  ExpressionPtr value = transient.initial;
  for (std::size_t k = transient.in_locations.size(); k-- > 0;) {
    const Transient::InLocation& own = transient.in_locations[k];
    if (own.automaton != transient.in_locations[0].automaton)
      fail(own.value->place, fmt::format("two automata give values to the transient variable '{}'", transient.name));
    value =
        own.here ? make_expression(Operator::conditional, own.value->place, {own.here, own.value, value}) : own.value;
  }
  return value;
}

// Transient variables are formulas; those that are bools labels, too, and numbers rewards.
void transients(Network& network) {
  for (const Transient& t : network.transients) {
    prism::ModelSyntax& syntax = network.syntax;
    syntax.formulas.push_back({{t.name, t.place}, value_in_states(t)});
    const ExpressionPtr value = make_expression(Operator::identifier, t.place, {}, t.name);
    if (!t.in_locations.empty()) require_range(t, value, nullptr, network);
    if (t.type == Type::boolean)
      syntax.labels.push_back({{t.name, t.place}, value});
    else
      syntax.rewards.push_back(
          {{t.name, t.place}, {{t.place, false, {}, prism::make_literal(t.place, Type::boolean, 1), value}}});
  }
}

// Where every variable has an initial value and nothing else is asked for, that is the state. Else all those states are
// where what is known holds.
void initial_states(const Json& model, Network& network) {
  if (const Json* restricted = model.find("restrict-initial"))
    network.initial.push_back(network.expressions.read(restricted->at("exp", "restrict-initial"), network.scope));
  std::erase_if(network.initial, [](const ExpressionPtr& e) { return e->op == Operator::literal && e->value == 1; });
  std::vector<prism::VariableDeclaration>& variables = network.syntax.globals;
  const bool known = std::all_of(variables.begin(), variables.end(),
                                 [](const prism::VariableDeclaration& v) { return v.initial != nullptr; });
  if (known && network.initial.empty()) return;
  std::vector<ExpressionPtr> conditions = std::move(network.initial);
  for (prism::VariableDeclaration& v : variables) {
    if (!v.initial) continue;
    const ExpressionPtr variable = make_expression(Operator::identifier, v.name.place, {}, v.name.text);
    conditions.push_back(make_expression(Operator::equal, v.initial->place, {variable, v.initial}));
    v.initial = nullptr;
  }
  if (conditions.empty()) conditions.push_back(prism::make_literal(model.place, Type::boolean, 1));
  const Place place = conditions[0]->place;
  network.syntax.initial = make_expression(Operator::conjunction, place, std::move(conditions));
}

// Which constants the model needs: those that its expressions use, and those that their values use.
void find_needed_constants(Network& network, const std::vector<std::set<std::string_view>>& used_by) {
  std::vector<prism::ConstantDeclaration>& constants = network.syntax.constants;
  for (bool more = true; more;) {
    more = false;
    for (std::size_t k = 0; k < constants.size(); ++k) {
      if (constants[k].needed || !network.expressions.used.contains(constants[k].name.text)) continue;
      constants[k].needed = more = true;
      network.expressions.used.insert(used_by[k].begin(), used_by[k].end());
    }
  }
}

}  // namespace

void read_network(Network& network) {
  const Json& model = *network.document.root;
  header(model, network);
  require_known_keys(model);
  const auto used_by = declare_constants(model, network);
  declare_functions(model, network.scope, network);
  declare_variables(model, {}, network.scope, network);
  make_formulas(network);
  composition(model, network);
  note_actions_without_a_vector(network);
  note_unrated_edges(network);
  transients(network);
  initial_states(model, network);
  find_needed_constants(network, used_by);
  network.properties = print_properties(model, network);
}

}  // namespace steady::detail::jani
