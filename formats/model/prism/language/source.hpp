// The text that is read, places in it, and the errors that point at them.
#pragma once

#include <cstddef>
#include <string>

#include <steady/error.hpp>

namespace steady::detail::prism {

struct Source {
  std::string name;  // the file's name, or what else a user would call the text
  std::string text;
};

// A character of a source. The source must outlive it.
struct Place {
  const Source* source = nullptr;
  std::size_t offset = 0;
};

// "file:3:7", line and column counted from 1.
std::string location(Place place);

// Throws Error: the location, the message, the line (a window of a long one) and a caret below the character.
[[noreturn]] void fail(Place place, const std::string& message, Error::Cause cause = Error::Cause::input);

}  // namespace steady::detail::prism
