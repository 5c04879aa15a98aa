// Reads numbers from a text, line by line, and knows the line when something is wrong: what the readers of matrices and
// of solutions share. Built on std::from_chars: no locale, no copies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace steady::detail {

// UTF-8's, before a text.
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Of ASCII, in every locale.
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The lines of a text end in \n or \r\n. Spaces, tabs and \r separate words. A byte-order mark before the text is no
// part of it. The text and the path must outlive it.
class Scanner {
 public:
  Scanner(std::string_view path, std::string_view text);

  // To the first word of the next line that is neither blank nor starts with `comment`; false at the end of the text.
  bool next_line(char comment);
  // To the start of the next line, whatever it holds, and all of it without \r; nothing at the end of the text.
  std::optional<std::string_view> whole_line();
  // Past spaces, tabs and \r; true where the line has no more words.
  bool at_line_end();
  // The next character behind spaces; the line's end is '\n'.
  char peek();
  // Past the character `c` and the spaces before it, if it comes next.
  bool skip(char c);
  // Past everything up to the next `c` in this line, and past `c`; false, and nowhere, where there is none.
  bool skip_past(char c);
  // Up to the next space, line end or character of `stop`.
  std::string_view token(std::string_view stop = {});
  // The rest of the line, without \r.
  std::string_view rest_of_line() const;

  // Each throws Error, calling the number by `what`, where there is none, or where it is beyond the type's range.
  // A number ends anywhere; end_number() after it says that nothing may be glued to it.
  std::uint64_t natural(std::string_view what);  // 0, 1, 2, ...
  std::int64_t integer(std::string_view what);
  double number(std::string_view what);  // decimal, also 1.0D0 as Fortran has it; infinity and NaN are errors
  double ratio(std::string_view what);   // decimal, or two of them as in 1/3
  // Throws Error unless a space, a line end or `separator` comes next.
  void end_number(std::string_view what, char separator = ' ') const;
  // Throws Error unless the line has no more words.
  void end_line();

  std::size_t line() const { return line_; }
  // What was read since a copy of it was made, in the same line.
  std::string_view since(const Scanner& earlier) const {
    return {earlier.at_, static_cast<std::size_t>(at_ - earlier.at_)};
  }
  // A scanner of a word of this line alone.
  Scanner within(std::string_view word) const {
    Scanner part = *this;
    part.at_ = word.data();
    part.end_ = word.data() + word.size();
    return part;
  }
  std::size_t bytes_left() const { return static_cast<std::size_t>(end_ - at_); }
  // Throws Error "path:line: what".
  [[noreturn]] void fail(const std::string& what) const;
  // What comes next, for a message: the word in quotes, shortened, with unprintable bytes as \xNN; or "the line's end".
  std::string next_in_quotes() const;

 private:
  void spaces();
  bool skip_line();
  void not_negative(std::string_view what) const;

  std::string_view path_;
  const char* at_;
  const char* end_;
  std::size_t line_ = 0;  // of at_, from 1; 0 before the first next_line()
};

// Text for a message: in quotes, at most 40 bytes, unprintable bytes as \xNN.
std::string in_quotes(std::string_view text);

}  // namespace steady::detail
