#include "formats/model/petri/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace steady::detail::petri {

namespace {

constexpr std::size_t nesting_limit = 1000;
constexpr std::array<std::string_view, 8> long_symbols = {"<->", "&&", "||", "->", "==", "!=", "<=", ">="};
constexpr std::string_view symbols = "+-*/#()[]{},;:!<>";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// How many characters from the first on are a token: 0 where none is.
std::size_t length_of_number(std::string_view text) {
  std::size_t k = 0;
  const auto digits = [&] {
    while (k < text.size() && is_digit(text[k])) ++k;
  };
  digits();
  if (k < text.size() && text[k] == '.') {
    ++k;
    digits();
    if (k == 1) return 0;
  }
  if (k > 0 && k < text.size() && (text[k] == 'e' || text[k] == 'E')) {
    const std::size_t before = k++;
    if (k < text.size() && (text[k] == '+' || text[k] == '-')) ++k;
    if (k < text.size() && is_digit(text[k]))
      digits();
    else
      k = before;
  }
  return k;
}

std::size_t length_of_name(std::string_view text) {
  if (!is_letter(text[0])) return 0;
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return !is_letter(c) && !is_digit(c); });
  return static_cast<std::size_t>(end - text.begin());
}

std::size_t length_of_symbol(std::string_view text) {
  for (const std::string_view symbol : long_symbols)
    if (text.substr(0, symbol.size()) == symbol) return symbol.size();
  return symbols.find(text[0]) == std::string_view::npos ? 0 : 1;
}

}  // namespace

Tokens::Tokens(const Text& text) {
  const std::string& source = text.place.source->text;
  // Where an entity stands in the file, what is behind it is elsewhere in the text: there the text itself is the place.
  const bool same = source.compare(text.place.offset, text.text.size(), text.text) == 0;
  for (std::size_t begin = 0; begin < text.text.size();) {
    const std::string_view rest = text.text.substr(begin);
    const prism::Place place{text.place.source, text.place.offset + (same ? begin : 0)};
    if (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n') {
      ++begin;
      continue;
    }
    Token::Kind kind = Token::Kind::number;
    std::size_t length = length_of_number(rest);
    if (length == 0) {
      kind = Token::Kind::name;
      length = length_of_name(rest);
    }
    if (length == 0) {
      kind = Token::Kind::symbol;
      length = length_of_symbol(rest);
    }
    if (length == 0) prism::fail(place, fmt::format("'{}' begins nothing that is known here", rest[0]));
    tokens_.push_back({kind, rest.substr(0, length), place});
    begin += length;
  }
  tokens_.push_back({Token::Kind::end, {}, {text.place.source, text.place.offset + (same ? text.text.size() : 0)}});
}

const Token& Tokens::peek(std::size_t ahead) const { return tokens_[std::min(next_ + ahead, tokens_.size() - 1)]; }

Token Tokens::take() {
  const Token token = peek();
  next_ = std::min(next_ + 1, tokens_.size() - 1);
  return token;
}

bool Tokens::accept(std::string_view text) {
  if (!at(text)) return false;
  take();
  return true;
}

void Tokens::expect(std::string_view text) {
  if (!accept(text)) prism::fail(here(), fmt::format("expected '{}'", text));
}

Token Tokens::expect_name(const char* what) {
  if (peek().kind != Token::Kind::name) prism::fail(here(), fmt::format("expected the name of {}", what));
  return take();
}

void Tokens::expect_end() const {
  if (!at_end()) prism::fail(here(), fmt::format("expected the end of the expression, not '{}'", peek().text));
}

Tokens::Nesting::Nesting(Tokens& tokens) : tokens_(tokens) {
  if (++tokens_.depth_ > nesting_limit) {
    --tokens_.depth_;
    prism::fail(tokens_.here(), "an expression that is nested too deeply");
  }
}

}  // namespace steady::detail::petri
