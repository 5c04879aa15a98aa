#include "formats/model/jani/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>

#include "formats/base/memory.hpp"

namespace steady::detail::jani {

namespace {

using prism::fail;

// Reads the text and says how far it has come.
struct Reader {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const std::string* text;
  std::size_t* next;  // none: the end of the text

  std::size_t position() const { return next == nullptr ? text->size() : *next; }
  reference operator*() const { return (*text)[*next]; }
  Reader& operator++() {
    ++*next;
    return *this;
  }
  bool operator==(const Reader& other) const { return position() == other.position(); }
  bool operator!=(const Reader& other) const { return position() != other.position(); }
};

// Builds the tree from what the parser meets, without a recursion.
class TreeBuilder {
 public:
  TreeBuilder(Document& document, std::uint64_t memory_limit) : document_(document), memory_limit_(memory_limit) {}

  bool null() { return add({Json::Kind::null, place()}); }
  bool boolean(bool value) { return add({Json::Kind::boolean, place(), value ? 1.0 : 0.0}); }
  bool number_integer(std::int64_t value) { return integer(static_cast<double>(value)); }
  bool number_unsigned(std::uint64_t value) { return integer(static_cast<double>(value)); }
  bool number_float(double value, std::string text) {
    const auto is_point = [](char c) { return std::string_view("0123456789+-eE").find(c) == std::string_view::npos; };
    std::replace_if(text.begin(), text.end(), is_point, '.');  // the parser writes the locale's
    return add({Json::Kind::real, place(), value, keep(text)});
  }
  bool string(std::string& value) { return add({Json::Kind::string, place(), 0, keep(value)}); }
  bool binary(std::vector<std::uint8_t>&) { return false; }
  bool start_object(std::size_t) { return open({Json::Kind::object, place()}); }
  bool start_array(std::size_t) { return open({Json::Kind::array, place()}); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& key) {
    const Place here = place();
    Json& object = *open_.back();
    if (std::find(object.keys.begin(), object.keys.end(), key) != object.keys.end())
      fail(here, fmt::format("the key '{}' twice in one object", key.substr(0, 60)));
    if (object.keys.size() >= 1000) fail(here, "an object of more than 1000 keys");
    object.keys.push_back(keep(key));
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
    const std::string_view what = error.what();
    const std::size_t detail = what.find("; ");
    fail({&document_.source, position == 0 ? 0 : position - 1},
         fmt::format("this is no JSON{}{}", detail == std::string_view::npos ? "" : ": ",
                     detail == std::string_view::npos ? std::string_view() : what.substr(detail + 2)));
  }

  std::size_t next = 0;  // the character that the parser reads next

 private:
  // Where the token begins that was read last: behind the one before it and what separates the two.
  Place place() {
    const std::string& text = document_.source.text;
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n,:]}", last_), text.size());
    last_ = std::max(next, begin);
    return {&document_.source, begin};
  }

  bool integer(double value) {
    const Place here = place();
    if (std::abs(value) > 9007199254740992.0) fail(here, "an int of more than 2^53");
    return add({Json::Kind::integer, here, value});
  }

  std::string_view keep(const std::string& text) {
    count(text.size() + sizeof text);
    return document_.keep(text);
  }

  void count(std::size_t bytes) {
    bytes_ += static_cast<double>(bytes);
    require_memory(document_.source.name, "the model's JSON", bytes_, memory_limit_);
  }

  Json& put(Json&& value) {
    count(sizeof value + 3 * sizeof(void*));
    Json& kept = document_.values.emplace_back(std::move(value));
    if (open_.empty())
      document_.root = &kept;
    else
      open_.back()->values.push_back(&kept);
    return kept;
  }
  bool add(Json&& value) {
    put(std::move(value));
    return true;
  }
  bool open(Json&& value) {
    open_.push_back(&put(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Document& document_;
  std::uint64_t memory_limit_;
  double bytes_ = 0;
  std::size_t last_ = 0;     // behind the last token
  std::vector<Json*> open_;  // the arrays and objects around the next value
};

const char* name(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::string:
      return "a string";
    case Json::Kind::array:
      return "an array";
    default:
      return "an object";
  }
}

const Json& require(const Json& value, Json::Kind kind, std::string_view key) {
  if (!value.is(kind)) fail(value.place, fmt::format("'{}' must be {}", key, name(kind)));
  return value;
}

}  // namespace

const Json* Json::find(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : values[static_cast<std::size_t>(found - keys.begin())];
}

const Json& Json::at(std::string_view key, const char* what) const {
  if (!is(Kind::object)) fail(place, fmt::format("{} must be an object", what));
  const Json* found = find(key);
  if (found == nullptr) fail(place, fmt::format("{} without '{}'", what, key));
  return *found;
}

std::string_view Json::string_at(std::string_view key, const char* what) const {
  return require(at(key, what), Kind::string, key).text;
}

const std::vector<const Json*>& Json::array_at(std::string_view key, const char* what) const {
  return require(at(key, what), Kind::array, key).values;
}

const std::vector<const Json*>& Json::array_if_any(std::string_view key, const char* what) const {
  static const std::vector<const Json*> none;
  if (!is(Kind::object)) fail(place, fmt::format("{} must be an object", what));
  return find(key) == nullptr ? none : array_at(key, what);
}

void parse_json(Document& document, std::uint64_t memory_limit) {
  TreeBuilder builder(document, memory_limit);
  const std::string& text = document.source.text;
  if (!nlohmann::json::sax_parse(Reader{&text, &builder.next}, Reader{&text, nullptr}, &builder))
    fail({&document.source, 0}, "this is no JSON");
}

}  // namespace steady::detail::jani
