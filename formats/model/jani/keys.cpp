#include "formats/model/jani/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace steady::detail::jani {

namespace {

struct Object;

struct Key {
  std::string_view name;
  const Object* inside = nullptr;  // what the object that it has may have, or the objects in its array; null: anything
};

// Beside these keys each has "comment".
struct Object {
  const char* what;
  std::vector<Key> keys;
};

// Those of an expression or a property depend on its "op"; it may have a "name".
const Object expression_keys{"an expression", {}};
const Object held_keys{"an object with an expression", {{"exp", &expression_keys}}};

const Object element_keys{"an element", {{"automaton"}, {"input-enable"}}};
const Object vector_keys{"a synchronisation vector", {{"synchronise"}, {"result"}}};
const Object composition_keys{"a system", {{"elements", &element_keys}, {"syncs", &vector_keys}}};

const Object base_type_keys{"a type", {{"kind"}, {"base"}, {"ref"}}};
const Object type_keys{"a type",
                       {{"kind"},
                        {"base", &base_type_keys},
                        {"lower-bound", &expression_keys},
                        {"upper-bound", &expression_keys},
                        {"ref"}}};
const Object constant_keys{"a constant", {{"name"}, {"type", &type_keys}, {"value", &expression_keys}}};
const Object variable_keys{"a variable",
                           {{"name"}, {"type", &type_keys}, {"transient"}, {"initial-value", &expression_keys}}};
const Object parameter_keys{"a parameter", {{"name"}, {"type", &type_keys}}};
const Object function_keys{
    "a function", {{"name"}, {"type", &type_keys}, {"parameters", &parameter_keys}, {"body", &expression_keys}}};

const Object transient_value_keys{"a transient value", {{"ref", &expression_keys}, {"value", &expression_keys}}};
const Object location_keys{"a location",
                           {{"name"}, {"time-progress", &held_keys}, {"transient-values", &transient_value_keys}}};
const Object assignment_keys{"an assignment", {{"ref", &expression_keys}, {"value", &expression_keys}, {"index"}}};
const Object destination_keys{"a destination",
                              {{"location"}, {"probability", &held_keys}, {"assignments", &assignment_keys}}};
const Object edge_keys{"an edge",
                       {{"location"},
                        {"action"},
                        {"rate", &held_keys},
                        {"guard", &held_keys},
                        {"destinations", &destination_keys},
                        {"assignments", &assignment_keys}}};
const Object automaton_keys{"an automaton",
                            {{"name"},
                             {"variables", &variable_keys},
                             {"functions", &function_keys},
                             {"restrict-initial", &held_keys},
                             {"locations", &location_keys},
                             {"initial-locations"},
                             {"edges", &edge_keys}}};

const Object action_keys{"an action", {{"name"}}};
const Object property_keys{"a property", {{"name"}, {"expression", &expression_keys}}};
const Object model_keys{"a JANI model",
                        {{"jani-version"},
                         {"name"},
                         {"metadata"},
                         {"type"},
                         {"features"},
                         {"actions", &action_keys},
                         {"constants", &constant_keys},
                         {"variables", &variable_keys},
                         {"functions", &function_keys},
                         {"datatypes"},
                         {"restrict-initial", &held_keys},
                         {"properties", &property_keys},
                         {"automata", &automaton_keys},
                         {"system", &composition_keys}}};

struct Operation {
  std::set<std::string_view> symbols;
  std::vector<Key> keys;
};

const Object interval_keys{
    "an interval",
    {{"lower", &expression_keys}, {"lower-exclusive"}, {"upper", &expression_keys}, {"upper-exclusive"}}};
const Object reward_bound_keys{"a reward bound",
                               {{"exp", &expression_keys}, {"accumulate"}, {"bounds", &interval_keys}}};
const Object reward_instant_keys{"a reward instant",
                                 {{"exp", &expression_keys}, {"accumulate"}, {"instant", &expression_keys}}};
const Key step_bounds{"step-bounds", &interval_keys}, time_bounds{"time-bounds", &interval_keys},
    reward_bounds{"reward-bounds", &reward_bound_keys};

const std::vector<Operation> operations = {
    {{"ite"}, {{"if", &expression_keys}, {"then", &expression_keys}, {"else", &expression_keys}}},
    {{"call"}, {{"function"}, {"args", &expression_keys}}},
    {{"¬", "floor", "ceil", "abs", "sgn", "trc", "Pmin", "Pmax", "∀", "∃"}, {{"exp", &expression_keys}}},
    {{"∨", "∧", "⇒", "=", "≠", "<", "≤", ">", "≥", "+", "-", "*", "/", "%", "pow", "log", "min", "max"},
     {{"left", &expression_keys}, {"right", &expression_keys}}},
    {{"filter"}, {{"fun"}, {"values", &expression_keys}, {"states", &expression_keys}}},
    {{"Smin", "Smax", "S"}, {{"exp", &expression_keys}, {"accumulate"}}},
    {{"Emin", "Emax"},
     {{"exp", &expression_keys},
      {"accumulate"},
      {"reach", &expression_keys},
      {"step-instant", &expression_keys},
      {"time-instant", &expression_keys},
      {"reward-instants", &reward_instant_keys}}},
    {{"U", "W", "R"},
     {{"left", &expression_keys}, {"right", &expression_keys}, step_bounds, time_bounds, reward_bounds}},
    {{"F", "G"}, {{"exp", &expression_keys}, step_bounds, time_bounds, reward_bounds}},
    {{"initial", "deadlock", "timelock"}, {}},
};

// The keys that the object may have; null where that is not known: an operator that is not evaluated.
const std::vector<Key>* keys_of(const Json& json, const Object& object) {
  static const std::vector<Key> constant_value = {{"constant"}};
  if (&object != &expression_keys) return &object.keys;
  if (json.find("constant") != nullptr) return &constant_value;
  const std::string_view op = json.string_at("op", "an expression");
  const auto found =
      std::find_if(operations.begin(), operations.end(), [&](const Operation& o) { return o.symbols.contains(op); });
  return found == operations.end() ? nullptr : &found->keys;
}

[[noreturn]] void fail_for(std::string_view key, const Json& value, const Object& object,
                           const std::vector<Key>& keys) {
  std::string known;
  for (const Key& k : keys) known += fmt::format("{}{}", known.empty() ? "" : ", ", k.name);
  prism::fail(value.place, fmt::format("the key '{}' of {} is not known; there is: {}", key.substr(0, 60), object.what,
                                       known.empty() ? "none" : known));
}

struct Part {
  const Json* json;
  const Object* object;
};

// What is in the object's values joins the parts.
void look_at(const Part& part, std::vector<Part>& parts) {
  const std::vector<Key>* keys = keys_of(*part.json, *part.object);
  if (keys == nullptr) return;
  for (std::size_t k = 0; k < part.json->keys.size(); ++k) {
    const std::string_view name = part.json->keys[k];
    const Json& value = *part.json->values[k];
    if (name == "comment" || (part.object == &expression_keys && (name == "op" || name == "name"))) continue;
    const auto key = std::find_if(keys->begin(), keys->end(), [&](const Key& known) { return known.name == name; });
    if (key == keys->end()) fail_for(name, value, *part.object, *keys);
    if (key->inside == nullptr) continue;
    if (value.is(Json::Kind::object)) parts.push_back({&value, key->inside});
    if (value.is(Json::Kind::array))
      for (const Json* inner : value.values)
        if (inner->is(Json::Kind::object)) parts.push_back({inner, key->inside});
  }
}

void require_different_names(const Json& json, std::string_view list, const Object& object) {
  std::set<std::string_view> names;
  for (const Json* one : json.array_if_any(list, "a JANI model"))
    if (const std::string_view name = one->string_at("name", object.what); !names.insert(name).second)
      prism::fail(one->place, fmt::format("{} of the name '{}' is there already", object.what, name));
}

}  // namespace

void require_known_keys(const Json& json) {
  std::vector<Part> parts{{&json, &model_keys}};
  while (!parts.empty()) {
    const Part part = parts.back();
    parts.pop_back();
    look_at(part, parts);
  }
  require_different_names(json, "automata", automaton_keys);
  require_different_names(json, "properties", property_keys);
  require_different_names(json, "actions", action_keys);
}

}  // namespace steady::detail::jani
