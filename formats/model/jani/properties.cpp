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

// What a filter may do, too, and is not answered here.
constexpr std::array<std::string_view, 4> other_filters = {"sum", "count", "argmin", "argmax"};

template <std::size_t n>
const Symbols* find(const std::array<Symbols, n>& list, std::string_view jani) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Symbols& s) { return s.jani == jani; });
  return found == list.end() ? nullptr : &*found;
}

std::string_view text_at(const Json& json, std::string_view key) {
  const Json* found = json.find(key);
  return found == nullptr ? std::string_view() : found->text;
}

// Which parts of a reward count, as "accumulate" says it.
struct Accumulated {
  bool stays = true;  // what states earn: by "time" in a ctmc, by "exit", once a step, in a dtmc
  bool steps = true;
  bool other = false;  // what is not answered here: by "exit" in a ctmc
};

// Where it is not there: all.
Accumulated read_accumulation(const Json& json, Kind kind) {
  if (json.find("accumulate") == nullptr) return {};
  Accumulated counts{false, false};
  for (const Json* part : json.array_at("accumulate", "a property")) {
    if (part->text == "steps")
      counts.steps = true;
    else if (part->text == "exit")
      (kind == Kind::dtmc ? counts.stays : counts.other) = true;
    else if (part->text != "time")
      prism::fail(part->place, "'accumulate' is of 'steps', 'time' and 'exit'");
    else if (kind == Kind::ctmc)
      counts.stays = true;
  }
  return counts;
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
    const std::string_view function = json.string_at("fun", "a filter");
    const Symbols* fun = find(filters, function);
    if (fun == nullptr && std::find(other_filters.begin(), other_filters.end(), function) == other_filters.end())
      prism::fail(json.find("fun")->place, fmt::format("'{}' is no function of a filter", function));
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

  std::optional<std::string> steady(const Json& json, const std::string& query) {
    const Accumulated counts = read_accumulation(json, network_.syntax.kind);
    const ExpressionPtr asked = network_.expressions.read(json.at("exp", "a steady-state property"), network_.scope);
    const bool label = is_label(*asked);
    if (label || is_boolean(*asked)) {
      if (!counts.stays || counts.other || (counts.steps && json.find("accumulate") != nullptr)) return std::nullopt;
      return label ? fmt::format("S{} [ \"{}\" ]", query, asked->name)
                   : fmt::format("S{} [ {} ]", query, prism::print(*asked));
    }
    const std::optional<std::string_view> name = reward(asked, counts, json.find("accumulate") != nullptr);
    return name ? std::optional(fmt::format("R{{\"{}\"}}{} [ S ]", *name, query)) : std::nullopt;
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
  // `chosen`: it is said which parts of it count; else all of a transient variable do, and of another expression what
  // it is in the states.
  std::optional<std::string_view> reward(const ExpressionPtr& e, const Accumulated& counts, bool chosen) {
    const bool transient = e->op == Operator::identifier && network_.find_transient(e->name) != nullptr;
    if (counts.other || !(counts.stays || counts.steps) || (!transient && chosen && counts.steps)) return std::nullopt;
    if (transient && counts.stays && counts.steps) return e->name;
    if (!chosen && !transient) note_default(e->place);
    std::vector<prism::RewardStructure>& rewards = network_.syntax.rewards;
    const bool taken = std::any_of(rewards.begin(), rewards.end(),
                                   [&](const prism::RewardStructure& r) { return r.name.text == name_; });
    const std::string_view name = taken ? network_.names.unique(name_) : name_;
    rewards.push_back({{name, e->place}, {}});
    if (counts.stays)
      rewards.back().items.push_back({e->place, false, {}, prism::make_literal(e->place, Type::boolean, 1), e});
    else
      earn_by_steps(e->name);
    return name;
  }

  void note_default(Place place) {
    network_.notes.push_back(
        fmt::format("{}: what this is after each step is not counted, as JANI has it without 'accumulate'; "
                    "\"accumulate\": [\"{}\"] says so",
                    location(place), network_.syntax.kind == Kind::ctmc ? "time" : "exit"));
  }

  // What steps earn of the transient variable, they now earn of the last reward, too.
  void earn_by_steps(std::string_view transient) {
    const std::vector<prism::RewardStructure>& rewards = network_.syntax.rewards;
    const auto own = std::find_if(rewards.begin(), rewards.end(),
                                  [&](const prism::RewardStructure& r) { return r.name.text == transient; });
    const auto structure = static_cast<std::size_t>(own - rewards.begin());
    for (prism::Module& module : network_.syntax.modules)
      for (prism::Command& command : module.commands)
        for (std::size_t k = 0; k < command.rewards.size(); ++k)
          if (const prism::CommandReward earned = command.rewards[k]; earned.structure == structure)
            command.rewards.push_back({rewards.size() - 1, earned.value});
  }

  std::string_view name_;
  Network& network_;
};

}  // namespace

std::string print_properties(const Json& model, Network& network) {
  std::string text;
  std::vector<std::string_view> others;
  for (const Json* json : model.array_if_any("properties", "a JANI model")) {
    const std::string_view name = json->string_at("name", "a property");
    const std::optional<std::string> property =
        PropertyPrinter(name, network).filter(json->at("expression", "a property"));
    if (property && name.find_first_of("\"\n") == std::string_view::npos)
      text += fmt::format("\"{}\": {};\n", name, *property);
    else
      others.push_back(name);
  }
  constexpr std::size_t most_named = 5;
  if (!others.empty())
    network.notes.push_back(
        fmt::format("{}: {} of the properties in the file ask nothing of the long run that is answered here: {}{}",
                    network.document.source.name, others.size(),
                    fmt::join(others.begin(),
                              others.begin() + static_cast<std::ptrdiff_t>(std::min(others.size(), most_named)), ", "),
                    others.size() > most_named ? ", ..." : ""));
  return text;
}

}  // namespace steady::detail::jani
