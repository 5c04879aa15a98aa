// JANI's properties of the long run, as those of the PRISM language.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "formats/model/jani/network.hpp"
#include "formats/model/prism/language/print.hpp"

namespace steady::detail::jani {

using prism::Operator;
using prism::Type;

namespace {

struct Symbols {
  std::string_view jani, prism;
  std::string_view mirrored = {};  // of a comparison: with its sides exchanged
};

constexpr std::array<Symbols, 4> comparisons = {
    {{"<", "<", ">"}, {"≤", "<=", ">="}, {">", ">", "<"}, {"≥", ">=", "<="}}};
constexpr std::array<Symbols, 4> connectives = {{{"∧", "&"}, {"∨", "|"}, {"⇒", "=>"}, {"=", "<=>"}}};
constexpr std::array<Symbols, 6> filters = {
    {{"min", "min"}, {"max", "max"}, {"avg", "avg"}, {"values", "print"}, {"∀", "forall"}, {"∃", "exists"}}};

template <std::size_t n>
const Symbols* find(const std::array<Symbols, n>& list, std::string_view jani) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Symbols& s) { return s.jani == jani; });
  return found == list.end() ? nullptr : &*found;
}

std::string_view text_at(const Json& json, std::string_view key) {
  const Json* found = json.find(key);
  return found == nullptr ? std::string_view() : found->text;
}

bool is_steady(const Json& json) {
  const std::string_view op = text_at(json, "op");
  return op == "Smin" || op == "Smax" || op == "S";
}

// Each function gives nothing where it meets what asks nothing of the long run.
class PropertyPrinter {
 public:
  PropertyPrinter(std::string_view name, Network& network) : name_(name), network_(network) {}

  // { "op": "filter", "fun": ..., "values": ..., "states": ... }
  std::optional<std::string> filter(const Json& json) {
    if (text_at(json, "op") != "filter") return formula(json, "=?");
    const std::optional<std::string> inner = formula(json.at("values", "a filter"), "=?");
    const Symbols* fun = find(filters, json.string_at("fun", "a filter"));
    if (!inner || fun == nullptr) return std::nullopt;
    const Json& states = json.at("states", "a filter");
    const std::string_view special = text_at(states, "op");
    if (special == "initial" && fun->jani == "values") return inner;
    if (special == "timelock") return std::nullopt;
    std::string which = special == "initial"    ? "\"init\""
                        : special == "deadlock" ? "\"deadlock\""
                                                : prism::print(*network_.expressions.read(states, network_.scope));
    return fmt::format("filter({}, {}, {})", fun->prism, *inner, which);
  }

 private:
  // `query`: "=?" or a comparison with a number.
  std::optional<std::string> formula(const Json& json, const std::string& query) {
    if (is_steady(json)) return steady(json, query);
    const std::string_view op = text_at(json, "op");
    if (op == "¬") {
      const std::optional<std::string> inner = formula(json.at("exp", "a negation"), query);
      return inner ? std::optional("!(" + *inner + ")") : std::nullopt;
    }
    const Json* left = json.find("left");
    const Json* right = json.find("right");
    if (left == nullptr || right == nullptr) return std::nullopt;
    if (const Symbols* comparison = find(comparisons, op); comparison != nullptr) {
      if (is_steady(*left)) return steady(*left, fmt::format("{}{}", comparison->prism, bound(*right)));
      if (is_steady(*right)) return steady(*right, fmt::format("{}{}", comparison->mirrored, bound(*left)));
      return std::nullopt;
    }
    const Symbols* connective = find(connectives, op);
    if (connective == nullptr) return std::nullopt;
    const std::optional<std::string> first = formula(*left, query);
    const std::optional<std::string> second = formula(*right, query);
    if (!first || !second) return std::nullopt;
    return fmt::format("({}) {} ({})", *first, connective->prism, *second);
  }

  std::string bound(const Json& json) {
    return fmt::format("({})", prism::print(*network_.expressions.read(json, network_.scope)));
  }

  std::string steady(const Json& json, const std::string& query) {
    const ExpressionPtr asked = network_.expressions.read(json.at("exp", "a steady-state property"), network_.scope);
    if (is_label(*asked)) return fmt::format("S{} [ \"{}\" ]", query, asked->name);
    if (is_boolean(*asked)) return fmt::format("S{} [ {} ]", query, prism::print(*asked));
    return fmt::format("R{{\"{}\"}}{} [ S ]", reward(asked), query);
  }

  bool is_label(const prism::Expression& e) const {
    const Transient* transient = e.op == Operator::identifier ? network_.find_transient(e.name) : nullptr;
    return transient != nullptr && transient->type == Type::boolean;
  }

  bool is_boolean(const prism::Expression& e) const {
    switch (e.op) {
      case Operator::literal:
        return e.type == Type::boolean;
      case Operator::identifier:
        return names_boolean(e.name);
      case Operator::conditional:
        return is_boolean(*e.operands[1]);
      default:
        return e.op >= Operator::implies && e.op <= Operator::at_least;
    }
  }

  bool names_boolean(std::string_view name) const {
    const prism::ModelSyntax& syntax = network_.syntax;
    const auto named = [&](const auto& declaration) { return declaration.name.text == name; };
    if (const Transient* transient = network_.find_transient(name)) return transient->type == Type::boolean;
    if (const auto v = std::find_if(syntax.globals.begin(), syntax.globals.end(), named); v != syntax.globals.end())
      return v->boolean;
    if (const auto f = std::find_if(syntax.formulas.begin(), syntax.formulas.end(), named); f != syntax.formulas.end())
      return is_boolean(*f->value);
    const auto c = std::find_if(syntax.constants.begin(), syntax.constants.end(), named);
    return c != syntax.constants.end() && c->type == Type::boolean;
  }

  // The name of the reward that is the expression: one of the model's, or a new one that is called as the property.
  std::string_view reward(const ExpressionPtr& e) {
    if (e->op == Operator::identifier && network_.find_transient(e->name) != nullptr) return e->name;
    std::vector<prism::RewardStructure>& rewards = network_.syntax.rewards;
    const bool taken = std::any_of(rewards.begin(), rewards.end(),
                                   [&](const prism::RewardStructure& r) { return r.name.text == name_; });
    const std::string_view name = taken ? network_.names.unique(name_) : name_;
    rewards.push_back({{name, e->place}, {{e->place, false, {}, prism::make_literal(e->place, Type::boolean, 1), e}}});
    return name;
  }

  std::string_view name_;
  Network& network_;
};

}  // namespace

std::string print_properties(const Json& model, Network& network) {
  std::string text;
  std::size_t others = 0;
  for (const Json* json : model.array_if_any("properties", "a JANI model")) {
    const std::string_view name = json->string_at("name", "a property");
    const std::optional<std::string> property =
        PropertyPrinter(name, network).filter(json->at("expression", "a property"));
    if (property && name.find_first_of("\"\n") == std::string_view::npos)
      text += fmt::format("\"{}\": {};\n", name, *property);
    else
      ++others;
  }
  if (others > 0)
    network.notes.push_back(
        fmt::format("{}: {} of the properties in the file ask nothing of the long run that is answered here",
                    network.document.source.name, others));
  return text;
}

}  // namespace steady::detail::jani
