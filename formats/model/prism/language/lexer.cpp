#include "formats/model/prism/language/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "formats/io/scanner.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t nesting_limit = 1200;

// As in PRISM, no name of a model may be one of these.
// clang-format off
constexpr std::array<std::string_view, 54> keywords = {
    "A", "bool", "clock", "const", "ctmc", "C", "double", "dtmc", "E", "endinit", "endinvariant", "endmodule",
    "endrewards", "endsystem", "false", "formula", "filter", "func", "F", "global", "G", "init", "invariant", "I",
    "int", "label", "max", "mdp", "min", "module", "X", "nondeterministic", "Pmax", "Pmin", "P", "probabilistic",
    "prob", "pta", "rate", "rewards", "Rmax", "Rmin", "R", "S", "stochastic", "system", "true", "U", "W",
    "observables", "endobservables", "pomdp", "popta", "observable"};
// clang-format on

// The longer first.
constexpr std::array<std::string_view, 31> symbols = {"<=>", "=>", "->", "..", "!=", "<=", ">=", "!", "&", "|", ":",
                                                      ";",   ",",  "(",  ")",  "[",  "]",  "{",  "}", "=", "<", ">",
                                                      "+",   "-",  "*",  "/",  "^",  "'",  "?",  ".", "\""};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// integer: 0 | [1-9][0-9]*     real: [0-9]* .? [0-9]+ ([eE] [+-]? [0-9]+)?
// The dots of 0..5 belong to no number.
Token number(std::string_view rest) {
  std::size_t n = 0;
  const auto digits = [&](std::size_t from) {
    while (from < rest.size() && is_digit(rest[from])) ++from;
    return from;
  };
  n = digits(0);
  bool real = n > 1 && rest[0] == '0';
  if (n + 1 < rest.size() && rest[n] == '.' && is_digit(rest[n + 1])) {
    n = digits(n + 1);
    real = true;
  }
  if (n < rest.size() && (rest[n] == 'e' || rest[n] == 'E')) {
    std::size_t m = n + 1;
    if (m < rest.size() && (rest[m] == '+' || rest[m] == '-')) ++m;
    if (m < rest.size() && is_digit(rest[m])) {
      n = digits(m);
      real = true;
    }
  }
  return {real ? TokenKind::real : TokenKind::integer, rest.substr(0, n)};
}

Token name(std::string_view rest) {
  std::size_t n = 1;
  while (n < rest.size() && (starts_name(rest[n]) || is_digit(rest[n]))) ++n;
  const std::string_view text = rest.substr(0, n);
  const bool keyword = std::find(keywords.begin(), keywords.end(), text) != keywords.end();
  return {keyword ? TokenKind::keyword : TokenKind::identifier, text};
}

Token string(const Source& source, std::size_t offset) {
  const std::size_t end = source.text.find_first_of("\"\n", offset + 1);
  if (end == std::string::npos || source.text[end] == '\n') fail({&source, offset}, "this string has no closing quote");
  return {TokenKind::string, std::string_view(source.text).substr(offset + 1, end - offset - 1)};
}

Token symbol(const Source& source, std::size_t offset) {
  const std::string_view rest = std::string_view(source.text).substr(offset);
  for (const std::string_view s : symbols)
    if (rest.substr(0, s.size()) == s) return {TokenKind::symbol, rest.substr(0, s.size())};
  const auto c = static_cast<unsigned char>(rest[0]);
  fail({&source, offset}, c > ' ' && c < 127 ? fmt::format("unexpected character '{}'", rest[0])
                                             : fmt::format("unexpected byte 0x{:02x}", c));
}

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || !starts_name(text[0])) return false;
  const Token token = name(text);
  return token.kind == TokenKind::identifier && token.text == text;
}

std::vector<Token> tokenize(const Source& source) {
  const std::string_view text = source.text;
  std::vector<Token> tokens;
  std::size_t i = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  while (i < text.size()) {
    const char c = text[i];
    if (is_space(c)) {
      ++i;
    } else if (text.substr(i, 2) == "//") {
      i = std::min(text.find('\n', i), text.size());
    } else if (starts_name(c)) {
      tokens.push_back(name(text.substr(i)));
      i += tokens.back().text.size();
    } else if (is_digit(c) || (c == '.' && i + 1 < text.size() && is_digit(text[i + 1]))) {
      tokens.push_back(number(text.substr(i)));
      i += tokens.back().text.size();
    } else if (c == '"') {
      tokens.push_back(string(source, i));
      i += tokens.back().text.size() + 2;
    } else {
      tokens.push_back(symbol(source, i));
      i += tokens.back().text.size();
    }
  }
  tokens.push_back({TokenKind::end, text.substr(text.size())});
  return tokens;
}

Token TokenReader::take() {
  const Token token = peek();
  if (token.kind != TokenKind::end) ++next_;
  return token;
}

bool TokenReader::at(std::string_view text, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return (token.kind == TokenKind::symbol || token.kind == TokenKind::keyword) && token.text == text;
}

bool TokenReader::accept(std::string_view text) {
  if (!at(text)) return false;
  take();
  return true;
}

Token TokenReader::expect(std::string_view text) {
  if (!at(text)) fail_expected(fmt::format("'{}'", text));
  return take();
}

Token TokenReader::expect(TokenKind kind, const char* what) {
  if (peek().kind != kind) fail_expected(what);
  return take();
}

void TokenReader::fail_expected(const std::string& what) const {
  const Token& token = peek();
  if (token.kind == TokenKind::end) fail(here(), fmt::format("expected {}, but the text ends here", what));
  if (token.kind == TokenKind::keyword)
    fail(here(), fmt::format("expected {}, not the keyword '{}'", what, token.text));
  fail(here(), fmt::format("expected {}, not '{}'", what, token.text.substr(0, 40)));
}

TokenReader::Nesting::Nesting(TokenReader& reader) : reader_(reader) {
  if (reader_.depth_ >= nesting_limit)
    fail(reader_.here(), fmt::format("nested more than {} levels deep", nesting_limit));
  ++reader_.depth_;
}

}  // namespace steady::detail::prism
