// The words of the PRISM language.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model/prism/language/source.hpp"

namespace steady::detail::prism {

enum class TokenKind { identifier, keyword, integer, real, string, symbol, end };

struct Token {
  TokenKind kind;
  std::string_view text;  // in the source's text; a string's without its quotes
};

// Every token of the source, the last of kind `end`. White space and // comments separate tokens.
// Throws Error at a character that starts no token.
std::vector<Token> tokenize(const Source& source);

// Whether the language takes the text as a name.
bool is_name(std::string_view text);

// The tokens one after another, as a recursive-descent parser wants them.
class TokenReader {
 public:
  explicit TokenReader(const Source& source) : source_(source), tokens_(tokenize(source)) {}

  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(next_ + ahead, tokens_.size() - 1)]; }
  const Token& previous() const { return tokens_[next_ == 0 ? 0 : next_ - 1]; }
  Token take();
  // Whether the token `ahead` is this symbol or keyword.
  bool at(std::string_view text, std::size_t ahead = 0) const;
  bool accept(std::string_view text);              // takes it if it is there
  Token expect(std::string_view text);             // throws Error if it is not
  Token expect(TokenKind kind, const char* what);  // `what` as in "expected a name"

  Place place(const Token& token) const {
    return {&source_, static_cast<std::size_t>(token.text.data() - source_.text.data())};
  }
  Place here() const { return place(peek()); }
  const Source& source() const { return source_; }
  [[noreturn]] void fail_expected(const std::string& what) const;

  // The position in the list of tokens, to come back to after looking ahead.
  std::size_t position() const { return next_; }
  void rewind(std::size_t position) { next_ = position; }

  // Counts the levels of brackets and unary operators while it lives; too many throw Error.
  class Nesting {
   public:
    explicit Nesting(TokenReader& reader);
    ~Nesting() { --reader_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    TokenReader& reader_;
  };

 private:
  const Source& source_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace steady::detail::prism
