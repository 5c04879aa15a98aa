#include "formats/model/prism/language/source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace steady::detail::prism {

namespace {

constexpr std::size_t window = 100;  // characters of a line that an error shows

struct LineColumn {
  std::size_t line;
  std::size_t column;
  std::size_t line_begin;
};

LineColumn find(Place place) {
  const std::string& text = place.source->text;
  const std::size_t offset = std::min(place.offset, text.size());
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto line = static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
  const std::size_t previous = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = previous == std::string::npos ? 0 : previous + 1;
  return {line + 1, offset - begin + 1, begin};
}

}  // namespace

std::string location(Place place) {
  const LineColumn at = find(place);
  return fmt::format("{}:{}:{}", place.source->name, at.line, at.column);
}

void fail(Place place, const std::string& message, Error::Cause cause) {
  const LineColumn at = find(place);
  const std::string& text = place.source->text;
  const std::size_t line_end = std::min(text.find('\n', at.line_begin), text.size());
  std::size_t column = at.column - 1;
  std::size_t begin = at.line_begin;
  if (column > window / 2 && line_end - begin > window) {
    begin += column - window / 2;
    column = window / 2;
  }
  std::string shown = text.substr(begin, std::min(line_end - begin, window));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) >= 127) c = ' ';
  throw Error(fmt::format("{}: {}\n    {}\n    {}^", location(place), message, shown, std::string(column, ' ')), cause);
}

}  // namespace steady::detail::prism
