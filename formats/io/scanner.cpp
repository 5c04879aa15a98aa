#include "formats/io/scanner.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include <steady/error.hpp>

namespace steady::detail {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The end of a number's sign if std::from_chars would not take it: a plus before a digit or a point.
const char* after_plus(const char* at, const char* end) {
  const bool plus = end - at >= 2 && *at == '+' && ((at[1] >= '0' && at[1] <= '9') || at[1] == '.');
  return plus ? at + 1 : at;
}

// "1.0D+3", of which the digits end at `letter`, with an e instead.
std::string with_e(const char* begin, const char* letter, const char* end) {
  std::string text(begin, letter);
  text += 'e';
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const char* at = letter + 1;
  if (at != end && (*at == '+' || *at == '-')) text += *at++;
  while (at != end && is_digit(*at)) text += *at++;
  return text;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result = "'";
  for (const char c : text.substr(0, longest)) {
    if (c >= ' ' && c <= '~')
      result += c;
    else
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  result += text.size() > longest ? "...'" : "'";
  return result;
}

Scanner::Scanner(std::string_view path, std::string_view text)
    : path_(path), at_(text.data()), end_(text.data() + text.size()) {
  if (text.starts_with(byte_order_mark)) at_ += byte_order_mark.size();
}

void Scanner::spaces() {
  while (at_ != end_ && is_space(*at_)) ++at_;
}

// To the start of the next line; false at the end of the text.
bool Scanner::skip_line() {
  if (line_ > 0) {
    const auto* newline = static_cast<const char*>(at_ == end_ ? nullptr : std::memchr(at_, '\n', bytes_left()));
    at_ = newline == nullptr ? end_ : newline + 1;
  }
  if (at_ == end_) return false;
  ++line_;
  return true;
}

bool Scanner::next_line(char comment) {
  while (skip_line()) {
    spaces();
    if (at_ != end_ && *at_ != '\n' && *at_ != comment) return true;
  }
  return false;
}

std::optional<std::string_view> Scanner::whole_line() {
  if (!skip_line()) return std::nullopt;
  return rest_of_line();
}

bool Scanner::at_line_end() {
  spaces();
  return at_ == end_ || *at_ == '\n';
}

char Scanner::peek() { return at_line_end() ? '\n' : *at_; }

bool Scanner::skip(char c) {
  spaces();
  if (at_ == end_ || *at_ != c) return false;
  ++at_;
  return true;
}

bool Scanner::skip_past(char c) {
  const std::size_t place = rest_of_line().find(c);
  if (place == std::string_view::npos) return false;
  at_ += place + 1;
  return true;
}

std::string_view Scanner::token(std::string_view stop) {
  spaces();
  const char* begin = at_;
  while (at_ != end_ && *at_ != '\n' && !is_space(*at_) && stop.find(*at_) == std::string_view::npos) ++at_;
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

std::string_view Scanner::rest_of_line() const {
  std::string_view rest(at_, bytes_left());
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

void Scanner::not_negative(std::string_view what) const {
  if (at_ != end_ && *at_ == '-') fail(fmt::format("{} {} is negative or not a number", what, next_in_quotes()));
}

std::uint64_t Scanner::natural(std::string_view what) {
  spaces();
  not_negative(what);
  std::uint64_t value = 0;
  const auto [stop, problem] = std::from_chars(after_plus(at_, end_), end_, value);
  if (problem == std::errc::result_out_of_range) fail(fmt::format("{} {} is too large", what, next_in_quotes()));
  if (problem != std::errc()) fail(fmt::format("{} expected, found {}", what, next_in_quotes()));
  at_ = stop;
  return value;
}

std::int64_t Scanner::integer(std::string_view what) {
  spaces();
  std::int64_t value = 0;
  const auto [stop, problem] = std::from_chars(after_plus(at_, end_), end_, value);
  if (problem == std::errc::result_out_of_range) fail(fmt::format("{} {} is too large", what, next_in_quotes()));
  if (problem != std::errc()) fail(fmt::format("{} expected, found {}", what, next_in_quotes()));
  at_ = stop;
  return value;
}

double Scanner::number(std::string_view what) {
  spaces();
  double value = 0;
  auto [stop, problem] = std::from_chars(after_plus(at_, end_), end_, value);
  if (problem == std::errc() && stop != end_ && (*stop == 'D' || *stop == 'd')) {
    const std::string text = with_e(after_plus(at_, end_), stop, end_);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    problem = error;
    if (end == text.data() + text.size()) stop += end - text.data() - (stop - after_plus(at_, end_));
  }
  if (problem == std::errc::result_out_of_range)
    fail(fmt::format("{} {} is beyond the range of a double", what, next_in_quotes()));
  if (problem != std::errc()) fail(fmt::format("{} expected, found {}", what, next_in_quotes()));
  if (!std::isfinite(value)) fail(fmt::format("{} {} is not finite", what, next_in_quotes()));
  at_ = stop;
  return value;
}

double Scanner::ratio(std::string_view what) {
  const double value = number(what);
  if (at_ == end_ || *at_ != '/') return value;
  ++at_;
  const double divisor = number(what);
  if (divisor == 0) fail(fmt::format("{} is divided by 0", what));
  const double quotient = value / divisor;
  if (!std::isfinite(quotient)) fail(fmt::format("{} is beyond the range of a double", what));
  return quotient;
}

void Scanner::end_number(std::string_view what, char separator) const {
  if (at_ != end_ && *at_ != '\n' && *at_ != separator && !is_space(*at_))
    fail(fmt::format("{} is followed by {}", what, next_in_quotes()));
}

void Scanner::end_line() {
  if (!at_line_end()) fail(fmt::format("the line should end, found {}", next_in_quotes()));
}

void Scanner::fail(const std::string& what) const {
  throw Error(fmt::format("{}:{}: {}", path_, line_ == 0 ? 1 : line_, what));
}

std::string Scanner::next_in_quotes() const {
  Scanner copy = *this;
  const std::string_view next = copy.token();
  return next.empty() ? "the line's end" : in_quotes(next);
}

}  // namespace steady::detail
