// The names of an enumeration's values: one table for each enumeration, from which the command line, its help, messages
// and reports take them.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/error.hpp>

namespace steady::detail {

template <class Value>
struct Named {
  Value value;
  std::string_view name;
};

// Specialised for each enumeration that has names, with
//   option   what the values are of: "method"
//   list     of Named<Value>, in the order in which help shows them
template <class Value>
struct NamesOf;

// Throws Error for a value that is not in the table.
template <class Value>
std::string_view name_of(Value value) {
  for (const Named<Value>& entry : NamesOf<Value>::list)
    if (entry.value == value) return entry.name;
  throw Error(fmt::format("{}: there is no value {}", NamesOf<Value>::option, static_cast<int>(value)));
}

// Nothing where no value has this name.
template <class Value>
std::optional<Value> find_named(std::string_view name) {
  for (const Named<Value>& entry : NamesOf<Value>::list)
    if (entry.name == name) return entry.value;
  return std::nullopt;
}

// Throws Error unless `name` is one of the names that the option takes.
inline void require_known(std::string_view option, std::string_view name, std::span<const std::string_view> known) {
  for (const std::string_view one : known)
    if (one == name) return;
  throw Error(fmt::format("{} \"{}\" is not built; there is: {}", option, name, fmt::join(known, ", ")));
}

// All names, in the order of the table.
template <class Value>
std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names;
  for (const Named<Value>& entry : NamesOf<Value>::list) names.push_back(entry.name);
  return names;
}

// The value of this name. Throws Error as require_known().
template <class Value>
Value named(std::string_view name) {
  require_known(NamesOf<Value>::option, name, all_names<Value>());
  return *find_named<Value>(name);
}

// "auto, cpu or cuda".
inline std::string enumerated(std::span<const std::string_view> names) {
  return fmt::format("{} or {}", fmt::join(names.first(names.size() - 1), ", "), names.back());
}

}  // namespace steady::detail
