#include "formats/model/prism/language/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace steady::detail::prism {

namespace {

Name parse_name(TokenReader& in, const char* what) {
  const Token token = in.expect(TokenKind::identifier, what);
  return {token.text, in.place(token)};
}

// variable ::= identifier ":" ("[" expression ".." expression "]" | "int" | "bool") ("init" expression)? ";"
VariableDeclaration variable(TokenReader& in) {
  VariableDeclaration v{parse_name(in, "the name of a variable"), false, nullptr, nullptr, nullptr};
  in.expect(":");
  if (in.at("clock")) fail(in.here(), "clocks belong to timed automata, which are not Markov chains");
  if (in.accept("bool")) {
    v.boolean = true;
  } else if (!in.accept("int")) {
    if (!in.accept("[")) in.fail_expected("'[low..high]', 'int' or 'bool'");
    v.low = parse_expression(in);
    in.expect("..");
    v.high = parse_expression(in);
    in.expect("]");
  }
  if (in.accept("init")) v.initial = parse_expression(in);
  in.expect(";");
  return v;
}

// Whether an update starts here, not a rate: an update is "true" before + ; or the end, or starts with ( name '.
bool at_update(const TokenReader& in) {
  if (in.at("true")) return in.at(";", 1) || in.at("+", 1) || in.at("&", 1);
  return in.at("(") && in.peek(1).kind == TokenKind::identifier && in.at("'", 2);
}

// update ::= "true" | assignment ("&" assignment)*      assignment ::= "(" identifier "'" "=" expression ")"
std::vector<Assignment> assignments(TokenReader& in) {
  std::vector<Assignment> result;
  do {
    if (in.accept("true")) continue;
    if (!in.accept("(")) in.fail_expected("an update such as (x'=1)");
    const Name variable = parse_name(in, "the name of a variable");
    in.expect("'");
    in.expect("=");
    result.push_back({variable, parse_expression(in)});
    in.expect(")");
  } while (in.accept("&"));
  return result;
}

// command ::= "[" identifier? "]" expression "->" updates ";"
// updates ::= update | expression ":" update ("+" expression ":" update)*
Command command(TokenReader& in) {
  Command c{in.here(), {}, nullptr, {}};
  in.expect("[");
  if (!in.at("]")) c.action = parse_name(in, "the name of an action");
  in.expect("]");
  c.guard = parse_expression(in);
  in.expect("->");
  if (at_update(in)) {
    const Place place = in.here();
    c.updates.push_back({place, nullptr, assignments(in)});
  } else {
    do {
      Update u{in.here(), parse_expression(in), {}};
      in.expect(":");
      u.assignments = assignments(in);
      c.updates.push_back(std::move(u));
    } while (in.accept("+"));
  }
  in.expect(";");
  return c;
}

// renaming ::= "[" name "=" name ("," name "=" name)* "]"      name may be the keyword min or max
Renaming renaming(TokenReader& in) {
  Renaming result;
  const auto any_name = [&] {
    return in.at("min") || in.at("max") ? in.take() : in.expect(TokenKind::identifier, "a name");
  };
  in.expect("[");
  do {
    const Token from = any_name();
    in.expect("=");
    const Token to = any_name();
    if (!result.emplace(from.text, to.text).second)
      fail(in.place(from), fmt::format("'{}' is renamed twice", from.text));
  } while (in.accept(","));
  in.expect("]");
  return result;
}

// module ::= "module" identifier variable* command* "endmodule"
//          | "module" identifier "=" identifier renaming "endmodule"
Module module(TokenReader& in) {
  in.expect("module");
  Module m{parse_name(in, "the name of a module")};
  if (in.accept("=")) {
    m.base = parse_name(in, "the name of a module");
    m.renaming = renaming(in);
    in.expect("endmodule");
    return m;
  }
  while (in.peek().kind == TokenKind::identifier) m.variables.push_back(variable(in));
  if (in.at("invariant")) fail(in.here(), "invariants belong to timed automata, which are not Markov chains");
  while (in.at("[")) m.commands.push_back(command(in));
  if (!in.accept("endmodule"))
    in.fail_expected(m.commands.empty() ? "a variable, a command or 'endmodule'" : "a command or 'endmodule'");
  return m;
}

// reward structure ::= "rewards" ('"' name '"')? item* "endrewards"
// item ::= ("[" identifier? "]")? expression ":" expression ";"
RewardStructure rewards(TokenReader& in) {
  const Place place = in.place(in.expect("rewards"));
  RewardStructure r{{{}, place}, {}};
  // A string here is the name, unless what follows makes it the label of a first guard.
  if (in.peek().kind == TokenKind::string) {
    const Token& after = in.peek(1);
    const bool operand =
        after.kind == TokenKind::symbol && !in.at("[", 1) && !in.at("(", 1) && !in.at("!", 1) && !in.at("-", 1);
    if (!operand) {
      r.name = {in.peek().text, in.here()};
      in.take();
    }
  }
  while (!in.accept("endrewards")) {
    RewardItem item{in.here(), false, {}, nullptr, nullptr};
    if (in.accept("[")) {
      item.transition = true;
      if (!in.at("]")) item.action = parse_name(in, "the name of an action");
      in.expect("]");
    }
    item.guard = parse_expression(in);
    in.expect(":");
    item.value = parse_expression(in);
    in.expect(";");
    r.items.push_back(std::move(item));
  }
  return r;
}

// init ::= "init" expression "endinit"
ExpressionPtr initial_states(TokenReader& in) {
  in.expect("init");
  ExpressionPtr e = parse_expression(in);
  in.expect("endinit");
  return e;
}

// kind ::= "ctmc" | "stochastic" | "dtmc" | "probabilistic"
std::optional<Kind> kind(TokenReader& in) {
  static constexpr std::array<std::string_view, 13> refused = {
      "mdp", "nondeterministic", "pta", "pomdp", "popta", "smg", "csg", "tsg", "imdp", "idtmc", "ipomdp", "lts", "ma"};
  if (in.accept("ctmc") || in.accept("stochastic")) return Kind::ctmc;
  if (in.accept("dtmc") || in.accept("probabilistic")) return Kind::dtmc;
  const Token& token = in.peek();
  if (token.kind != TokenKind::string && std::find(refused.begin(), refused.end(), token.text) != refused.end())
    fail(in.here(), fmt::format("a model of type '{}' is not a Markov chain (ctmc or dtmc)", token.text));
  return std::nullopt;
}

// One item of a model, appended to it or to its systems.
void item(TokenReader& in, ModelSyntax& model, std::vector<SystemDefinition>& systems) {
  if (in.at("const") || in.at("rate") || in.at("prob")) return model.constants.push_back(parse_constant(in));
  if (in.at("formula")) return model.formulas.push_back(parse_formula(in));
  if (in.at("label")) return model.labels.push_back(parse_label(in));
  if (in.accept("global")) return model.globals.push_back(variable(in));
  if (in.at("module")) return model.modules.push_back(module(in));
  if (in.at("rewards")) return model.rewards.push_back(rewards(in));
  if (in.at("init")) {
    if (model.initial) fail(in.here(), "a second init ... endinit");
    model.initial = initial_states(in);
    return;
  }
  if (in.at("system")) return systems.push_back(parse_system(in));
  if (in.at("observables") || in.at("observable"))
    fail(in.here(), "observables belong to partially observable models, which are not Markov chains");
  in.fail_expected("'const', 'formula', 'label', 'global', 'module', 'rewards', 'system' or 'init'");
}

}  // namespace

// constant ::= ("const" ("int"|"double"|"bool")? | "rate" | "prob") identifier ("=" expression)? ";"
ConstantDeclaration parse_constant(TokenReader& in) {
  Type type = Type::integer;
  if (in.take().text != "const") {
    type = Type::real;
  } else if (in.accept("double")) {
    type = Type::real;
  } else if (in.accept("bool")) {
    type = Type::boolean;
  } else {
    in.accept("int");
  }
  ConstantDeclaration c{parse_name(in, "the name of a constant"), type, nullptr};
  if (in.accept("=")) c.value = parse_expression(in);
  in.expect(";");
  return c;
}

// formula ::= "formula" identifier "=" expression ";"
FormulaDeclaration parse_formula(TokenReader& in) {
  in.expect("formula");
  const Name name = parse_name(in, "the name of a formula");
  in.expect("=");
  FormulaDeclaration f{name, parse_expression(in)};
  in.expect(";");
  return f;
}

// label ::= "label" '"' name '"' "=" expression ";"
FormulaDeclaration parse_label(TokenReader& in) {
  in.expect("label");
  const Token token = in.expect(TokenKind::string, "the name of a label in double quotes");
  in.expect("=");
  FormulaDeclaration l{{token.text, in.place(token)}, parse_expression(in)};
  in.expect(";");
  return l;
}

// model ::= (kind | constant | formula | label | "global" variable | module | reward structure | init | system)*
ModelSyntax parse_model(const Source& source) {
  TokenReader in(source);
  ModelSyntax model;
  std::vector<SystemDefinition> systems;
  std::optional<Kind> found;
  const Place first = in.here();
  while (in.peek().kind != TokenKind::end) {
    const Place place = in.here();
    if (const std::optional<Kind> k = kind(in)) {
      if (found) fail(place, "a second type of model");
      found = k;
      continue;
    }
    item(in, model, systems);
  }
  if (!found) fail(first, "the model does not say its type: 'ctmc' or 'dtmc' (without one it is an mdp)");
  model.kind = *found;
  model.system = chosen_system(systems);
  return model;
}

}  // namespace steady::detail::prism
