#include <fmt/format.h>

#include <algorithm>

#include "formats/model/jani/network.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::jani {

using prism::fail;
using prism::make_literal;
using prism::Type;

namespace {

// A type that a constant or variable may have.
struct DeclaredType {
  Type type;
  ExpressionPtr low, high;  // null: none
};

DeclaredType simple_type(const Json& json) {
  if (json.text == "bool") return {Type::boolean, nullptr, nullptr};
  if (json.text == "int") return {Type::integer, nullptr, nullptr};
  if (json.text == "real") return {Type::real, nullptr, nullptr};
  if (json.text == "clock" || json.text == "continuous")
    fail(json.place,
         fmt::format("a variable of type '{}' belongs to timed or hybrid automata, which are not Markov chains",
                     json.text));
  fail(json.place, fmt::format("the type '{}' is not read", json.text));
}

DeclaredType read_type(const Json& declaration, const char* what, const Scope& scope, Network& network) {
  const Json& json = declaration.at("type", what);
  if (json.is(Json::Kind::string)) return simple_type(json);
  if (!json.is(Json::Kind::object)) fail(json.place, "a type must be a name or an object");
  const std::string_view kind = json.string_at("kind", "a type");
  if (kind != "bounded") fail(json.place, fmt::format("variables of kind '{}' are not read", kind));
  const Json& base = json.at("base", "a bounded type");
  DeclaredType type = simple_type(base);
  if (type.type == Type::boolean) fail(base.place, "a bounded type is of 'int' or 'real'");
  const auto bound = [&](const char* key) {
    const Json* found = json.find(key);
    return found == nullptr ? nullptr : network.expressions.read(*found, scope);
  };
  type.low = bound("lower-bound");
  type.high = bound("upper-bound");
  return type;
}

// Throws Error for a name that the scope has already, itself or around it.
prism::Name declared_name(const Json& declaration, const char* what, std::string_view prefix, Scope& scope,
                          Network& network) {
  const std::string_view name = declaration.string_at("name", what);
  if (scope.find_name(name) != nullptr) fail(declaration.place, fmt::format("the name '{}' is declared twice", name));
  const std::string_view unique = network.names.unique(name, prefix);
  scope.names.emplace(name, Meaning{unique});
  return {unique, declaration.place};
}

void add_transient(const prism::Name& name, const DeclaredType& type, ExpressionPtr initial, Network& network) {
  if (!initial) initial = make_literal(name.place, type.type, 0);
  if (type.low || type.high)
    network.ranges.push_back(
        {initial->place, fmt::format("the initial value of '{}'", name.text), initial, type.low, type.high});
  network.transients.push_back({name.text, name.place, type.type, type.low, type.high, std::move(initial)});
}

void add_variable(const prism::Name& name, DeclaredType type, ExpressionPtr initial, Network& network) {
  if (type.type == Type::real)
    fail(name.place,
         fmt::format("the variable '{}' is real: a state has no room for it, unless it is transient", name.text));
  if (type.type == Type::integer && !type.low && !type.high && !initial)
    fail(name.place, fmt::format("the variable '{}' has neither bounds nor an initial value", name.text));
  if (type.low && !type.high) type.high = make_literal(name.place, Type::integer, prism::largest_int);
  if (type.high && !type.low) type.low = make_literal(name.place, Type::integer, prism::smallest_int);
  network.syntax.globals.push_back({name, type.type == Type::boolean, type.low, type.high, std::move(initial)});
}

}  // namespace

Transient* Network::find_transient(std::string_view name) {
  const auto found =
      std::find_if(transients.begin(), transients.end(), [&](const Transient& t) { return t.name == name; });
  return found == transients.end() ? nullptr : &*found;
}

std::vector<std::set<std::string_view>> declare_constants(const Json& model, Network& network) {
  const std::vector<const Json*>& constants = model.array_if_any("constants", "a model");
  for (const Json* json : constants) {
    const prism::Name name = declared_name(*json, "a constant", {}, network.scope, network);
    network.syntax.constants.push_back({name, Type::integer, nullptr, false});
  }
  std::vector<std::set<std::string_view>> used_by;
  for (std::size_t k = 0; k < constants.size(); ++k) {
    prism::ConstantDeclaration& constant = network.syntax.constants[k];
    const DeclaredType type = read_type(*constants[k], "a constant", network.scope, network);
    constant.type = type.type;
    if (type.low || type.high)
      network.ranges.push_back(
          {constant.name.place, fmt::format("the constant '{}'", constant.name.text),
           prism::make_expression(prism::Operator::identifier, constant.name.place, {}, constant.name.text), type.low,
           type.high});
    if (const Json* value = constants[k]->find("value"))
      constant.value = network.expressions.read(*value, network.scope);
    used_by.push_back(std::exchange(network.expressions.used, {}));
  }
  return used_by;
}

void declare_variables(const Json& owner, std::string_view prefix, Scope& scope, Network& network) {
  for (const Json* json : owner.array_if_any("variables", "a list of variables")) {
    const DeclaredType type = read_type(*json, "a variable", scope, network);
    const Json* value = json->find("initial-value");
    ExpressionPtr initial = value == nullptr ? nullptr : network.expressions.read(*value, scope);
    const prism::Name name = declared_name(*json, "a variable", prefix, scope, network);
    if (json->flag_if_any("transient"))
      add_transient(name, type, std::move(initial), network);
    else
      add_variable(name, type, std::move(initial), network);
  }
}

void declare_functions(const Json& owner, Scope& scope, Network& network) {
  const std::vector<const Json*>& functions = owner.array_if_any("functions", "a list of functions");
  for (const Json* json : functions) {
    read_type(*json, "a function", scope, network);
    Scope::Function function{json->place, {}, &json->at("body", "a function"), &scope};
    for (const Json* parameter : json->array_if_any("parameters", "a function")) {
      read_type(*parameter, "a parameter", scope, network);
      const std::string_view name = parameter->string_at("name", "a parameter");
      if (std::find(function.parameters.begin(), function.parameters.end(), name) != function.parameters.end())
        fail(parameter->place, fmt::format("the parameter '{}' is declared twice", name));
      function.parameters.push_back(name);
    }
    const std::string_view name = json->string_at("name", "a function");
    if (!scope.functions.emplace(name, std::move(function)).second)
      fail(json->place, fmt::format("the function '{}' is declared twice", name));
  }
}

void make_formulas(Network& network) {
  std::vector<Scope::Function*> formulas;
  for (auto& [name, function] : network.scope.functions) {
    if (!function.parameters.empty()) continue;
    function.formula = network.names.unique(name);
    formulas.push_back(&function);
  }
  for (const Scope::Function* function : formulas)
    network.syntax.formulas.push_back(
        {{function->formula, function->place}, network.expressions.read(*function->body, network.scope)});
}

}  // namespace steady::detail::jani
