#include "formats/model/prism/properties/property_parser.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>

namespace steady::detail::prism {

namespace {

bool at_word(const TokenReader& in, std::string_view word, std::size_t ahead = 0) {
  const Token& token = in.peek(ahead);
  return (token.kind == TokenKind::identifier || token.kind == TokenKind::keyword) && token.text == word;
}

// steady-state operator ::= "S" | "LRA"
bool at_steady(const TokenReader& in, std::size_t ahead = 0) {
  return at_word(in, "S", ahead) || at_word(in, "LRA", ahead);
}

std::optional<Threshold::Relation> threshold_relation(const TokenReader& in) {
  if (in.at("<")) return Threshold::Relation::less;
  if (in.at("<=")) return Threshold::Relation::at_most;
  if (in.at(">")) return Threshold::Relation::greater;
  if (in.at(">=")) return Threshold::Relation::at_least;
  return std::nullopt;
}

// query ::= "=" "?" | ("<"|"<="|">"|">=") expression      False: something else.
bool query(TokenReader& in, FormulaSyntax& p) {
  if (in.at("=") && in.at("?", 1)) {
    in.take();
    in.take();
    return true;
  }
  p.relation = threshold_relation(in);
  if (!p.relation) return false;
  in.take();
  p.bound = parse_expression(in);
  return true;
}

// Whether operators of path formulas or nested properties stand before the end of the brackets that were opened last.
bool has_other_operators(const TokenReader& in) {
  static constexpr std::array<std::string_view, 12> operators = {"P", "S", "R", "E", "A", "F",
                                                                 "G", "X", "U", "W", "C", "I"};
  std::size_t depth = 1;
  for (std::size_t k = 0; in.peek(k).kind != TokenKind::end; ++k) {
    if (in.at("[", k)) ++depth;
    if (in.at("]", k) && --depth == 0) return false;
    if (in.peek(k).kind == TokenKind::keyword &&
        std::find(operators.begin(), operators.end(), in.peek(k).text) != operators.end())
      return true;
  }
  return false;
}

// Whether an operator stands here. LRA and T may be constants, too.
bool at_operator(const TokenReader& in) {
  if (in.at("S") || in.at("R") || in.at("P")) return true;
  const bool asked = in.at("=", 1) || in.at("<", 1) || in.at("<=", 1) || in.at(">", 1) || in.at(">=", 1);
  return asked && (at_word(in, "LRA") || at_word(in, "T"));
}

// Whether a property of another kind may start here: P=?, E, A, another filter, Storm's multi(...), a compound one, a
// reference.
bool starts_other_kind(const TokenReader& in) {
  static constexpr std::array<std::string_view, 13> words = {"P", "Pmin",   "Pmax",  "R",        "Rmin", "Rmax", "E",
                                                             "A", "filter", "multi", "quantile", "T",    "min"};
  const Token& token = in.peek();
  if (token.kind == TokenKind::string || in.at("(") || in.at("!") || in.at("<")) return true;
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return at_word(in, word); });
}

// A property ends at a semicolon, or where what follows cannot go on with it.
bool at_end(const TokenReader& in) { return in.peek().kind != TokenKind::symbol || in.at(";") || in.at("("); }

// Reads a property's formula and filter. Each function returns false where it meets a property of another kind; why is
// then in `reason`.
class FormulaReader {
 public:
  FormulaReader(TokenReader& in, PropertySyntax& property) : in_(in), property_(property) {}

  // property ::= filter | formula
  bool read() {
    const bool whole = at_word(in_, "filter");
    const bool read = whole ? filter() : formula(property_.formula);
    if (!read || !at_end(in_) || !asks(property_.formula)) return false;
    if (property_.filter && !whole && !property_.formula.operands.empty())
      fail(property_.place, "{...} filters one operator alone; of what is made of several, filter(state, ..., states)");
    return !property_.filter || fits(*property_.filter);
  }
  const std::string& reason() const { return reason_; }

 private:
  // filter ::= "filter" "(" kind "," formula ("," expression)? ")"
  bool filter() {
    using Kind = Filter::Kind;
    static constexpr std::pair<std::string_view, Kind> kinds[] = {
        {"min", Kind::min},     {"max", Kind::max},     {"avg", Kind::average},    {"range", Kind::range},
        {"state", Kind::state}, {"print", Kind::print}, {"forall", Kind::for_all}, {"exists", Kind::exists}};
    in_.take();
    if (!in_.accept("(")) return false;
    const auto kind =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& k) { return at_word(in_, k.first); });
    if (kind == std::end(kinds)) {
      reason_ = "this kind of filter is not evaluated (min, max, avg, state, range, print, forall and exists are)";
      return false;
    }
    in_.take();
    in_.expect(",");
    if (!formula(property_.formula)) return false;
    FilterSyntax filter{kind->second, nullptr};
    if (in_.accept(",")) filter.states = parse_expression(in_);
    in_.expect(")");
    if (property_.filter) fail(property_.place, "a filter inside of a filter");
    property_.filter = filter;
    return true;
  }

  // Whether there is an operator in it.
  static bool asks(const FormulaSyntax& f) {
    if (f.operands.empty()) return !f.constant;
    return std::any_of(f.operands.begin(), f.operands.end(), asks);
  }

  // Whether the filter asks of the formula what it gives.
  bool fits(const FilterSyntax& filter) const {
    using Kind = Filter::Kind;
    const bool any = filter.kind == Kind::state || filter.kind == Kind::print;
    const bool boolean = filter.kind == Kind::for_all || filter.kind == Kind::exists;
    if (!any && boolean && !property_.formula.boolean())
      fail(property_.place, "forall and exists need a comparison, such as S>0.5 [ ... ], not =?");
    if (!any && !boolean && property_.formula.boolean())
      fail(property_.place, "min, max, avg and range need a number, such as S=? [ ... ], not a comparison");
    return true;
  }

  // formula     ::= implication ("<=>" implication)*
  // implication ::= disjunction ("=>" implication)?
  // disjunction ::= conjunction ("|" conjunction)*
  // conjunction ::= negation ("&" negation)*
  bool formula(FormulaSyntax& f) {
    const TokenReader::Nesting nesting(in_);
    return several(f, "<=>", Query::Connective::equivalence, &FormulaReader::implication);
  }
  bool implication(FormulaSyntax& f) {
    const TokenReader::Nesting nesting(in_);
    if (!disjunction(f)) return false;
    if (!in_.at("=>")) return true;
    f = {.place = f.place, .connective = Query::Connective::implication, .operands = {f}};
    in_.take();
    f.operands.emplace_back();
    return implication(f.operands.back()) && compared(f);
  }
  bool disjunction(FormulaSyntax& f) {
    return several(f, "|", Query::Connective::disjunction, &FormulaReader::conjunction);
  }
  bool conjunction(FormulaSyntax& f) {
    return several(f, "&", Query::Connective::conjunction, &FormulaReader::negation);
  }

  bool several(FormulaSyntax& f, std::string_view symbol, Query::Connective connective,
               bool (FormulaReader::*operand)(FormulaSyntax&)) {
    if (!(this->*operand)(f)) return false;
    if (!in_.at(symbol)) return true;
    f = {.place = f.place, .connective = connective, .operands = {f}};
    while (in_.accept(symbol)) {
      f.operands.emplace_back();
      if (!(this->*operand)(f.operands.back())) return false;
    }
    return compared(f);
  }

  bool compared(const FormulaSyntax& f) const {
    for (const FormulaSyntax& operand : f.operands)
      if (!operand.boolean()) fail(operand.place, "!, &, | and => need comparisons, such as S>0.5 [ ... ], not =?");
    return true;
  }

  // negation ::= "!" negation | comparison
  bool negation(FormulaSyntax& f) {
    const TokenReader::Nesting nesting(in_);
    f.place = in_.here();
    if (!in_.accept("!")) return comparison(f);
    f.connective = Query::Connective::negation;
    f.operands.emplace_back();
    return negation(f.operands.back()) && compared(f);
  }

  // comparison ::= sum (("<"|"<="|">"|">=") number)?
  bool comparison(FormulaSyntax& f) {
    if (!sum(f)) return false;
    const std::optional<Threshold::Relation> relation = threshold_relation(in_);
    if (!relation) return true;
    number(f);
    in_.take();
    f.relation = relation;
    f.bound = parse_number(in_);
    return true;
  }

  // sum     ::= product (("+"|"-") product)*
  // product ::= minus (("*"|"/") minus)*
  // minus   ::= "-" minus | atom
  bool sum(FormulaSyntax& f) {
    using Arithmetic = Query::Arithmetic;
    return computed(f, {{"+", Arithmetic::sum}, {"-", Arithmetic::difference}}, &FormulaReader::product);
  }
  bool product(FormulaSyntax& f) {
    using Arithmetic = Query::Arithmetic;
    return computed(f, {{"*", Arithmetic::product}, {"/", Arithmetic::quotient}}, &FormulaReader::minus);
  }
  bool minus(FormulaSyntax& f) {
    static const auto minus_one = std::make_shared<const Expression>(Expression{.op = Operator::literal, .value = -1});
    const TokenReader::Nesting nesting(in_);
    f.place = in_.here();
    if (!in_.accept("-")) return atom(f);
    f.arithmetic = Query::Arithmetic::product;
    f.operands = {{.place = f.place, .constant = minus_one}, {}};
    return minus(f.operands.back()) && number(f.operands.back());
  }

  // What is made of operands from left to right.
  bool computed(FormulaSyntax& f, std::initializer_list<std::pair<std::string_view, Query::Arithmetic>> symbols,
                bool (FormulaReader::*operand)(FormulaSyntax&)) {
    if (!(this->*operand)(f)) return false;
    const auto next = [&] {
      return std::find_if(symbols.begin(), symbols.end(), [&](const auto& s) { return in_.at(s.first); });
    };
    for (auto symbol = next(); symbol != symbols.end(); symbol = next()) {
      in_.take();
      f = {.place = f.place, .arithmetic = symbol->second, .operands = {f, {}}};
      if (!(this->*operand)(f.operands.back())) return false;
      if (!number(f.operands.front()) || !number(f.operands.back())) return false;
    }
    return true;
  }

  static bool number(const FormulaSyntax& f) {
    if (f.boolean()) fail(f.place, "+, -, *, / and a comparison need numbers, such as S=? [ ... ], not a comparison");
    return true;
  }

  // atom ::= "(" formula ")" | states | reward | time | constant
  bool atom(FormulaSyntax& f) {
    f.place = in_.here();
    if (at_operator(in_)) return at_steady(in_) ? states(f) : in_.at("R") ? reward(f) : at_word(in_, "T") && time(f);
    if (in_.accept("(")) {
      if (!formula(f)) return false;
      in_.expect(")");
      return true;
    }
    const TokenKind kind = in_.peek().kind;
    const bool named = kind == TokenKind::identifier && !starts_other_kind(in_);
    if (!named && kind != TokenKind::integer && kind != TokenKind::real) return false;
    f.constant = parse_operand(in_);
    return true;
  }

  // states ::= ("S"|"LRA") query "[" expression old_filter? "]"
  bool states(FormulaSyntax& f) {
    in_.take();
    if (!query(in_, f)) in_.fail_expected("'=?' or a comparison with a probability");
    in_.expect("[");
    if (has_other_operators(in_)) return false;
    f.states = parse_expression(in_);
    if (!old_filter()) return false;
    in_.expect("]");
    return true;
  }

  // reward ::= "R" ("{" ('"' name '"' | expression) "}")? query "[" ("S"|"LRA") old_filter? "]"
  //          | "R" ("{" ('"' name '"' | expression) "}")? query reached
  bool reward(FormulaSyntax& f) {
    in_.take();
    if (in_.accept("{")) {
      if (in_.peek().kind == TokenKind::string)
        f.reward = in_.take().text;
      else
        f.reward_index = parse_expression(in_);
      if (!in_.accept("}")) return false;
    }
    if (!query(in_, f)) return false;
    if (!in_.at("[") || !at_steady(in_, 1)) return reached(f);
    in_.take();
    in_.take();
    return old_filter() && in_.accept("]");
  }

  // time ::= "T" query reached
  bool time(FormulaSyntax& f) {
    in_.take();
    f.time = true;
    return query(in_, f) && reached(f);
  }

  // reached ::= "[" "F" expression old_filter? "]"
  bool reached(FormulaSyntax& f) {
    if (!in_.accept("[") || !in_.accept("F") || has_other_operators(in_) || threshold_relation(in_)) return false;
    f.target = parse_expression(in_);
    return old_filter() && in_.accept("]");
  }

  // old_filter ::= "{" expression "}" ("{" ("min"|"max") "}")*
  bool old_filter() {
    if (!in_.accept("{")) return true;
    FilterSyntax filter{Filter::Kind::state, parse_expression(in_)};
    in_.expect("}");
    bool min = false, max = false;
    while (in_.accept("{")) {
      (at_word(in_, "min") ? min : max) = true;
      if (!at_word(in_, "min") && !at_word(in_, "max")) in_.fail_expected("min or max");
      in_.take();
      in_.expect("}");
    }
    if (min || max) filter.kind = min && max ? Filter::Kind::range : min ? Filter::Kind::min : Filter::Kind::max;
    if (property_.filter) fail(property_.place, "more than one filter");
    property_.filter = filter;
    return true;
  }

  TokenReader& in_;
  PropertySyntax& property_;
  std::string reason_ = "not a steady-state property";
};

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

// property ::= ('"' name '"' ":")? (filter | formula | any other) ";"*
PropertySyntax property(TokenReader& in) {
  PropertySyntax p;
  if (in.peek().kind == TokenKind::string && in.at(":", 1)) {
    p.name = {in.peek().text, in.here()};
    in.take();
    in.take();
  }
  p.place = in.here();
  const std::size_t start = in.position();
  FormulaReader reader(in, p);
  if (!reader.read()) {
    in.rewind(start);
    if (!at_steady(in) && !starts_other_kind(in)) in.fail_expected("a property");
    p = {p.name, in.here(), {}, reader.reason(), {}, {}};
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

}  // namespace steady::detail::prism
