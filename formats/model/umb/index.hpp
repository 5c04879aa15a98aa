// index.json of a .umb file: what kind of model it is, its sizes, and which of its other files mean what.
//
// The specification: https://github.com/pmc-tools/umb (spec.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/chain.hpp>

namespace steady::detail::umb {

struct Type {
  std::string name;        // "bool", "int", "uint", "double", "rational", ...
  std::uint64_t bits = 0;  // of one value
};

// A label or a reward: values for states, choices, branches.
struct Annotation {
  std::string id;    // its folder
  std::string name;  // its alias, else the id
  bool states = false, choices = false, branches = false;
  Type type;
  bool random = false;  // distributions over values
};

// A variable of a valuation, or padding.
struct Field {
  std::string name;  // "" for padding
  Type type;         // of padding only the bits
  bool optional = false;
  std::int64_t offset = 0;  // added to what is stored
  std::optional<std::int64_t> lower, upper;
};

struct Index {
  Kind kind = Kind::dtmc;
  std::uint64_t players = 0;
  std::uint64_t states = 0;
  std::uint64_t initial_states = 0;
  std::uint64_t choices = 0;
  std::uint64_t branches = 0;
  std::vector<Annotation> labels;
  std::vector<Annotation> rewards;
  std::vector<std::vector<Field>> valuation_classes;  // of states
};

// Throws Error, naming the file, the key and the value, on what the specification does not allow, and on what is not a
// ctmc or dtmc with probabilities and rates of type double.
Index read_index(const std::string& path, std::string_view text);

// "an MDP": what a model with so many players is, if its states have several choices.
std::string_view nondeterministic_name(const Index& index);

}  // namespace steady::detail::umb
