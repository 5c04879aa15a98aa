#include "formats/model/prism/property_parser.hpp"

#include <algorithm>
#include <array>

namespace steady::prism {

namespace {

bool at_word(const TokenReader& in, std::string_view word, std::size_t ahead = 0) {
  const Token& token = in.peek(ahead);
  return (token.kind == TokenKind::identifier || token.kind == TokenKind::keyword) && token.text == word;
}

// steady-state operator ::= "S" | "LRA"
bool at_steady(const TokenReader& in, std::size_t ahead = 0) {
  return at_word(in, "S", ahead) || at_word(in, "LRA", ahead);
}

std::optional<Threshold::Relation> relation(const TokenReader& in) {
  if (in.at("<")) return Threshold::Relation::less;
  if (in.at("<=")) return Threshold::Relation::at_most;
  if (in.at(">")) return Threshold::Relation::greater;
  if (in.at(">=")) return Threshold::Relation::at_least;
  return std::nullopt;
}

// query ::= "=" "?" | ("<"|"<="|">"|">=") expression      False: something else.
bool query(TokenReader& in, PropertySyntax& p) {
  if (in.at("=") && in.at("?", 1)) {
    in.take();
    in.take();
    return true;
  }
  p.relation = relation(in);
  if (!p.relation) return false;
  in.take();
  p.bound = parse_expression(in);
  return true;
}

// Whether operators of path formulas, nested properties or filters stand in the brackets that open here.
bool has_other_operators(const TokenReader& in) {
  static constexpr std::array<std::string_view, 12> operators = {"P", "S", "R", "E", "A", "F",
                                                                 "G", "X", "U", "W", "C", "I"};
  std::size_t depth = 0;
  for (std::size_t k = 0; in.peek(k).kind != TokenKind::end; ++k) {
    if (in.at("[", k)) ++depth;
    if (in.at("]", k) && --depth == 0) return false;
    if (in.at("{", k)) return true;
    if (in.peek(k).kind == TokenKind::keyword &&
        std::find(operators.begin(), operators.end(), in.peek(k).text) != operators.end())
      return true;
  }
  return false;
}

// A property ends at a semicolon, or where what follows cannot go on with it.
bool at_end(const TokenReader& in) { return in.peek().kind != TokenKind::symbol || in.at(";") || in.at("("); }

// states ::= ("S"|"LRA") query "[" expression "]"      False: another kind of property.
bool states(TokenReader& in, PropertySyntax& p) {
  in.take();
  if (!query(in, p)) in.fail_expected("'=?' or a comparison with a probability");
  if (in.at("[") && has_other_operators(in)) return false;
  in.expect("[");
  p.states = parse_expression(in);
  in.expect("]");
  return at_end(in);
}

// reward ::= "R" ("{" ('"' name '"' | expression) "}")? query "[" ("S"|"LRA") "]"
bool reward(TokenReader& in, PropertySyntax& p) {
  in.take();
  if (in.accept("{")) {
    if (in.peek().kind == TokenKind::string)
      p.reward = in.take().text;
    else
      p.reward_index = parse_expression(in);
    if (!in.accept("}")) return false;
  }
  if (!query(in, p) || !in.at("[") || !at_steady(in, 1) || !in.at("]", 2)) return false;
  for (int k = 0; k < 3; ++k) in.take();
  return at_end(in);
}

bool starts_definition(const TokenReader& in) { return in.at("const") || in.at("label") || in.at("formula"); }

// Goes to the end of a property of any kind: a semicolon, a definition, or a closing bracket behind which a new line
// starts with an operator or a name.
void skip(TokenReader& in) {
  std::size_t depth = 0;
  while (in.peek().kind != TokenKind::end) {
    if (depth == 0 && (in.at(";") || starts_definition(in))) return;
    const Token token = in.take();
    if (token.kind != TokenKind::symbol) continue;
    if (token.text == "[" || token.text == "(" || token.text == "{") ++depth;
    if (token.text != "]" && token.text != ")" && token.text != "}") continue;
    if (depth > 0) --depth;
    if (depth > 0 || in.peek().kind == TokenKind::symbol || in.peek().kind == TokenKind::end) continue;
    const char* between = token.text.data();
    if (std::find(between, in.peek().text.data(), '\n') != in.peek().text.data()) return;
  }
}

// Whether a property of another kind starts here: P=?, E, A, filter(...), Storm's multi(...), a compound one, a
// reference.
bool starts_other_kind(const TokenReader& in) {
  static constexpr std::array<std::string_view, 13> words = {"P", "Pmin",   "Pmax",  "R",        "Rmin", "Rmax", "E",
                                                             "A", "filter", "multi", "quantile", "T",    "min"};
  const Token& token = in.peek();
  if (token.kind == TokenKind::string || in.at("(") || in.at("!") || in.at("<")) return true;
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return at_word(in, word); });
}

// property ::= ('"' name '"' ":")? (states | reward | any other) ";"*
PropertySyntax property(TokenReader& in) {
  PropertySyntax p;
  if (in.peek().kind == TokenKind::string && in.at(":", 1)) {
    p.name = {in.peek().text, in.here()};
    in.take();
    in.take();
  }
  p.place = in.here();
  const std::size_t start = in.position();
  p.steady_state = at_steady(in) ? states(in, p) : in.at("R") && reward(in, p);
  if (!p.steady_state) {
    in.rewind(start);
    const Name name = p.name;
    p = {};
    p.name = name;
    p.place = in.here();
    p.steady_state = false;
    if (!at_steady(in) && !starts_other_kind(in)) in.fail_expected("a property");
    skip(in);
  }
  if (in.position() == start) in.fail_expected("a property");
  const Token& last = in.previous();
  const char* begin = in.source().text.data() + p.place.offset;
  const char* end = last.text.data() + last.text.size() + (last.kind == TokenKind::string ? 1 : 0);
  if (*begin != '"' && p.place.offset > 0 && begin[-1] == '"') --begin;  // a string token leaves its quote out
  p.text = {begin, static_cast<std::size_t>(end - begin)};
  return p;
}

}  // namespace

// properties ::= (constant | formula | label | property | ";")*
PropertiesSyntax parse_properties(const Source& source) {
  TokenReader in(source);
  PropertiesSyntax result;
  while (in.peek().kind != TokenKind::end) {
    if (in.accept(";")) continue;
    if (in.at("const"))
      result.constants.push_back(parse_constant(in));
    else if (in.at("formula"))
      result.formulas.push_back(parse_formula(in));
    else if (in.at("label"))
      result.labels.push_back(parse_label(in));
    else
      result.properties.push_back(property(in));
  }
  return result;
}

}  // namespace steady::prism
