// An automaton of the composition while it is read.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/model/jani/network.hpp"

namespace steady::detail::jani {

struct Automaton {
  const Json& json;
  Network& network;
  Scope scope;
  std::size_t number;  // in the composition
  prism::Module module = {};
  std::map<std::string_view, std::size_t> locations = {};
  prism::Name location = {};  // the variable that says in which of several it is
  std::map<std::pair<std::size_t, std::string_view>, std::vector<ExpressionPtr>> guards =
      {};                                   // of its edges, by location and action
  std::set<std::string_view> unrated = {};  // actions of its edges without a rate

  // Of a location's name its number. Throws Error for another name.
  std::size_t location_of(const Json& name) const;
  // Whether it is in the location; null where it has only this one.
  ExpressionPtr in_location(const Json& name) const;
  // The compiled model's name of the variable that is assigned to. Throws Error for what is none.
  std::string_view variable(const Json& ref) const;
};

// An action of its own, or none.
bool has_action(const Json& edge);
double index_of(const Json& assignment);

// Adds the edge to the automaton's module, what it says of transient variables and what has to hold to the network.
void add_edge(const Json& edge, Automaton& automaton);

inline ExpressionPtr whole_number(Place place, double value) {
  return prism::make_literal(place, prism::Type::integer, value);
}

// `location` may be null.
ExpressionPtr both(const ExpressionPtr& location, ExpressionPtr guard);

}  // namespace steady::detail::jani
