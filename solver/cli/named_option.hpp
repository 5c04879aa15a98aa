// Options whose values have names.
#pragma once

#include <fmt/format.h>

#include <string>

#include <steady/error.hpp>

#include "formats/base/names.hpp"

namespace steady::cli {

// The value of this name; throws Error, "--device gpu: it is auto, cpu or cuda", where none has it.
template <class Value>
Value named_option(const std::string& text) {
  using namespace detail;
  if (const std::optional<Value> value = find_named<Value>(text)) return *value;
  throw Error(fmt::format("--{} {}: it is {}", NamesOf<Value>::option, text, enumerated(all_names<Value>())));
}

}  // namespace steady::cli
