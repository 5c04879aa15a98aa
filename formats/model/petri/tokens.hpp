// The words of GreatSPN's expressions, one after another.
#pragma once

#include <string_view>
#include <vector>

#include "formats/model/petri/xml.hpp"

namespace steady::detail::petri {

struct Token {
  enum class Kind { name, number, symbol, end } kind;
  std::string_view text;
  prism::Place place;
};

class Tokens {
 public:
  // Throws Error at a character that starts no token.
  explicit Tokens(const Text& text);

  const Token& peek(std::size_t ahead = 0) const;
  prism::Place here() const { return peek().place; }
  bool at(std::string_view text, std::size_t ahead = 0) const { return peek(ahead).text == text; }
  bool at_end() const { return peek().kind == Token::Kind::end; }
  Token take();
  bool accept(std::string_view text);  // takes it if it is there
  // Throw Error where it is not there.
  void expect(std::string_view text);
  Token expect_name(const char* what);
  void expect_end() const;

  // Counts the levels of brackets and operators while it lives; too many throw Error.
  class Nesting {
   public:
    explicit Nesting(Tokens& tokens);
    ~Nesting() { --tokens_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Tokens& tokens_;
  };

 private:
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace steady::detail::petri
