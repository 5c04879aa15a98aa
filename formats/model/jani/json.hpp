// A JSON text as a tree of values that know where in the text they stand.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model/prism/language/source.hpp"

namespace steady::detail::jani {

using prism::Place;
using prism::Source;

struct Json {
  enum class Kind { null, boolean, integer, real, string, array, object } kind = Kind::null;
  Place place = {};
  double number = 0;                        // of a boolean 0 or 1; of an integer or real the nearest double
  std::string_view text = {};               // of a string its characters, of a real what stands in the file
  std::vector<std::string_view> keys = {};  // of an object
  std::vector<const Json*> values = {};     // of an array or, in the order of the keys, of an object

  bool is(Kind other) const { return kind == other; }
  // Null where the object has no such key, or this is no object.
  const Json* find(std::string_view key) const;
  // Throw Error where it is not there, or of another kind; `this` is called by the `what` that it is.
  const Json& at(std::string_view key, const char* what) const;
  std::string_view string_at(std::string_view key, const char* what) const;
  const std::vector<const Json*>& array_at(std::string_view key, const char* what) const;
  // Nothing, false or 0 where the key is not there.
  const std::vector<const Json*>& array_if_any(std::string_view key, const char* what) const;
  bool flag_if_any(std::string_view key) const;
  double integer_if_any(std::string_view key) const;
};

// A text with its tree, and what the tree refers to.
struct Document {
  Source source;
  std::deque<Json> values;
  std::deque<std::string> texts;
  const Json* root = nullptr;

  // Keeps the text as long as the document.
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

// Makes document.root of the text in document.source. Throws Error with line and column where that is no JSON, and
// where the tree takes more than so many bytes.
void parse_json(Document& document, std::uint64_t memory_limit);

}  // namespace steady::detail::jani
