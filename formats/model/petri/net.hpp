// A generalized stochastic Petri net, as a file says it: numbers are expressions of constants and markings.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model/prism/language/syntax.hpp"
#include "formats/model/prism/language/unique_names.hpp"

namespace steady::detail::petri {

using prism::ExpressionPtr;

struct Place {
  prism::Name name;
  ExpressionPtr marking;   // tokens in the beginning
  ExpressionPtr capacity;  // null: none
};

struct Arc {
  std::size_t place;  // its number in the net
  ExpressionPtr multiplicity;
};

// Enabled where each input place has at least as many tokens as the arc's multiplicity, each inhibiting place fewer,
// each output place room, and the guard holds. It takes the tokens of its inputs and puts those of its outputs.
struct Transition {
  prism::Name name;
  ExpressionPtr rate;      // or weight, of an immediate one
  ExpressionPtr priority;  // null: it takes time, exponentially distributed; else above 0, and the largest goes first
  ExpressionPtr servers;   // of one that takes time: its rate is multiplied by how often it is enabled, up to this
                           // number; null: without a limit
  ExpressionPtr guard;     // null: none
  std::vector<Arc> inputs = {}, outputs = {}, inhibitors = {};
};

// What a name in the file stands for.
struct Meaning {
  enum class Kind { place, integer, real, transition } kind;  // integer and real: a constant
  std::string_view name;                                      // as the compiled model calls it
  std::size_t number = 0;                                     // of a place or transition, in the net
};

struct Net {
  explicit Net(std::deque<std::string>& kept) : texts(kept) {}

  std::deque<std::string>& texts;  // what names and expressions refer to
  prism::UniqueNames names{texts};
  std::map<std::string_view, Meaning> meanings = {};
  std::vector<prism::ConstantDeclaration> constants = {};
  std::vector<Place> places = {};
  std::vector<Transition> transitions = {};
  std::vector<prism::RewardStructure> rewards = {};
  std::vector<std::string> notes = {};

  // Give the name a meaning. Throw Error where it has one already.
  void add_constant(prism::Name name, prism::Type type, ExpressionPtr value);
  void add_place(prism::Name name, ExpressionPtr marking, ExpressionPtr capacity = {});
  void add_transition(Transition transition);
  // A reward. One that is there already by this name stays.
  void add_measure(std::string_view name, prism::Place place, std::vector<prism::RewardItem> items);
  // The mean number of tokens in each place, E{#p}, and how often each transition fires, X{t}.
  void add_basic_measures(prism::Place place);

 private:
  void declare(prism::Name name, Meaning meaning);
};

}  // namespace steady::detail::petri
