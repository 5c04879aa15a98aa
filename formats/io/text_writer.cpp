#include "formats/io/text_writer.hpp"

#include <charconv>

namespace steady::detail {

TextWriter& TextWriter::operator<<(std::string_view text) {
  kept_ += text;
  write_when_long();
  return *this;
}

TextWriter& TextWriter::operator<<(char c) {
  kept_ += c;
  return *this;
}

TextWriter& TextWriter::operator<<(std::uint64_t number) {
  char digits[24];
  return *this << std::string_view(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

TextWriter& TextWriter::operator<<(double number) {
  char digits[32];
  return *this << std::string_view(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void TextWriter::finish() {
  sink_(kept_);
  kept_.clear();
}

void TextWriter::write_when_long() {
  if (kept_.size() >= 1 << 16) finish();
}

}  // namespace steady::detail
