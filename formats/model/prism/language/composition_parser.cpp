// The grammar of system ... endsystem. Hiding and renaming bind closest, then |[..]|, then |||, then ||, as in PRISM.
// A system may have a name, by which another one takes it in.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "formats/model/prism/language/parser.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t system_limit = 2000;      // modules and changes of a system, which is as deep at worst
constexpr std::size_t parentheses_limit = 100;  // parentheses in parentheses: each takes five functions of the grammar

class SystemParser {
 public:
  explicit SystemParser(TokenReader& reader) : in_(reader) {}

  // parallel ::= interleaving ("||" interleaving)*
  Composition parallel() {
    Composition c = interleaving();
    while (in_.at("|") && in_.at("|", 1)) {
      const Place place = in_.here();
      for (int k = 0; k < 2; ++k) in_.take();
      c = both(Composition::Operator::parallel, place, std::move(c), interleaving());
    }
    return c;
  }

 private:
  Name action() {
    const Token token = in_.expect(TokenKind::identifier, "the name of an action");
    return {token.text, in_.place(token)};
  }

  void count() {
    if (++size_ > system_limit) fail(in_.here(), "the system is too large");
  }

  static Composition both(Composition::Operator op, Place place, Composition left, Composition right) {
    Composition c{op, place};
    c.operands.push_back(std::move(left));
    c.operands.push_back(std::move(right));
    return c;
  }

  // interleaving ::= interface ("|||" interface)*
  Composition interleaving() {
    Composition c = interface();
    while (in_.at("|") && in_.at("|", 1) && in_.at("|", 2)) {
      const Place place = in_.here();
      for (int k = 0; k < 3; ++k) in_.take();
      c = both(Composition::Operator::interleaving, place, std::move(c), interface());
    }
    return c;
  }

  // interface ::= changed ("|" "[" action ("," action)* "]" "|" changed)?
  // Not a chain: A |[a]| (B |[b]| C) and (A |[a]| B) |[b]| C differ.
  Composition interface() {
    Composition left = changed();
    if (!(in_.at("|") && in_.at("[", 1))) return left;
    const Place place = in_.here();
    in_.expect("|");
    in_.expect("[");
    std::vector<Name> actions;
    do {
      actions.push_back(action());
    } while (in_.accept(","));
    in_.expect("]");
    in_.expect("|");
    Composition c = both(Composition::Operator::interface, place, std::move(left), changed());
    c.actions = std::move(actions);
    if (in_.at("|") && in_.at("[", 1)) fail(in_.here(), "a second |[..]|: put one of the two into parentheses");
    return c;
  }

  // changed ::= atom ("/" "{" action ("," action)* "}" | "{" action "<-" action ("," action "<-" action)* "}")*
  Composition changed() {
    Composition c = atom();
    while (in_.at("/") || in_.at("{")) {
      count();
      const Place place = in_.here();
      const bool hides = in_.accept("/");
      Composition outer{hides ? Composition::Operator::hiding : Composition::Operator::renaming, place};
      in_.expect("{");
      do {
        outer.actions.push_back(action());
        if (hides) continue;
        in_.expect("<");
        in_.expect("-");
        outer.actions.push_back(action());
      } while (in_.accept(","));
      in_.expect("}");
      outer.operands.push_back(std::move(c));
      c = std::move(outer);
    }
    return c;
  }

  // atom ::= identifier | '"' name '"' | "(" parallel ")"
  Composition atom() {
    count();
    if (in_.at("(")) {
      if (++depth_ > parentheses_limit)
        fail(in_.here(), fmt::format("a system of parentheses more than {} levels deep", parentheses_limit));
      in_.take();
      Composition c = parallel();
      in_.expect(")");
      --depth_;
      return c;
    }
    if (in_.peek().kind == TokenKind::string) {
      const Token token = in_.take();
      return {Composition::Operator::reference, in_.place(token), {token.text, in_.place(token)}};
    }
    const Token token = in_.expect(TokenKind::identifier, "the name of a module or '('");
    return {Composition::Operator::module, in_.place(token), {token.text, in_.place(token)}};
  }

  TokenReader& in_;
  std::size_t size_ = 0;
  std::size_t depth_ = 0;
};

// Puts systems in the places of the references to them.
class References {
 public:
  explicit References(const std::vector<SystemDefinition>& systems) {
    for (const SystemDefinition& system : systems)
      if (!by_name_.emplace(system.name.text, &system).second)
        fail(system.name.place, system.name.text.empty()
                                    ? "a second system ... endsystem without a name"
                                    : fmt::format("a second system with the name \"{}\"", system.name.text));
  }

  Composition resolved(const Composition& c) {
    if (++size_ > system_limit) fail(c.place, "the system is too large");
    if (c.op == Composition::Operator::reference) return resolved_reference(c);
    Composition result = c;
    for (Composition& operand : result.operands) operand = resolved(operand);
    return result;
  }

 private:
  Composition resolved_reference(const Composition& c) {
    const auto found = by_name_.find(c.name.text);
    if (found == by_name_.end()) fail(c.place, fmt::format("there is no system \"{}\"", c.name.text));
    if (!open_.insert(c.name.text).second) fail(c.place, fmt::format("the system \"{}\" is in itself", c.name.text));
    Composition result = resolved(found->second->composition);
    open_.erase(c.name.text);
    return result;
  }

  std::map<std::string_view, const SystemDefinition*> by_name_;
  std::set<std::string_view> open_;  // those on the way to where it is
  std::size_t size_ = 0;
};

}  // namespace

// system ::= "system" ('"' name '"')? parallel "endsystem"
// A name that an operator or the end follows is a reference: such a system has no name itself.
SystemDefinition parse_system(TokenReader& in) {
  SystemDefinition system{{{}, in.place(in.expect("system"))}, {}};
  const bool reference = in.at("|", 1) || in.at("/", 1) || in.at("{", 1) || in.at("endsystem", 1);
  if (in.peek().kind == TokenKind::string && !reference) {
    const Token token = in.take();
    system.name = {token.text, in.place(token)};
  }
  system.composition = SystemParser(in).parallel();
  in.expect("endsystem");
  return system;
}

std::optional<Composition> chosen_system(const std::vector<SystemDefinition>& systems) {
  if (systems.empty()) return std::nullopt;
  References references(systems);
  const auto unnamed =
      std::find_if(systems.begin(), systems.end(), [](const SystemDefinition& s) { return s.name.text.empty(); });
  return references.resolved((unnamed == systems.end() ? systems.front() : *unnamed).composition);
}

}  // namespace steady::detail::prism
