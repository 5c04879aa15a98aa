// The grammar of system ... endsystem. Hiding and renaming bind closest, then |[..]|, then |||, then ||, as in PRISM.
#include <fmt/format.h>

#include <utility>

#include "formats/model/prism/parser.hpp"

namespace steady::prism {

namespace {

constexpr std::size_t size_limit = 2000;  // modules and changes of a system, which is as deep at worst
constexpr std::size_t depth_limit = 100;  // parentheses in parentheses: each takes five functions of the grammar

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
    if (++size_ > size_limit) fail(in_.here(), "the system is too large");
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

  // atom ::= identifier | "(" parallel ")"
  Composition atom() {
    count();
    if (in_.at("(")) {
      if (++depth_ > depth_limit)
        fail(in_.here(), fmt::format("a system of parentheses more than {} levels deep", depth_limit));
      in_.take();
      Composition c = parallel();
      in_.expect(")");
      --depth_;
      return c;
    }
    const Token token = in_.expect(TokenKind::identifier, "the name of a module or '('");
    return {Composition::Operator::module, in_.place(token), {token.text, in_.place(token)}};
  }

  TokenReader& in_;
  std::size_t size_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

// system ::= "system" parallel "endsystem"
Composition parse_system(TokenReader& in) {
  in.expect("system");
  Composition c = SystemParser(in).parallel();
  in.expect("endsystem");
  return c;
}

}  // namespace steady::prism
