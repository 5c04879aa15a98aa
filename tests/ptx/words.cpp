#include "tests/ptx/words.hpp"

#include <cctype>

#include "tests/ptx/violation.hpp"

namespace ptx {

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (trimmed(text).empty()) return parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (std::string_view("{[(").find(text[k]) != std::string_view::npos) ++depth;
    if (std::string_view("}])").find(text[k]) != std::string_view::npos) --depth;
    if (text[k] != separator || depth > 0) continue;
    parts.push_back(trimmed(text.substr(begin, k - begin)));
    begin = k + 1;
  }
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

std::string_view inside(std::string_view text, char open, char close) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != open || text.back() != close)
    throw Violation("'" + std::string(text) + "' is not between " + open + " and " + close);
  return trimmed(text.substr(1, text.size() - 2));
}

unsigned bytes_of(std::string_view type) {
  if (type == "pred") return 1;
  if (type.size() < 2 || std::string_view("busf").find(type[0]) == std::string_view::npos) return 0;
  const std::string_view bits = type.substr(1);
  return bits == "8" ? 1 : bits == "16" ? 2 : bits == "32" ? 4 : bits == "64" ? 8 : 0;
}

}  // namespace ptx
