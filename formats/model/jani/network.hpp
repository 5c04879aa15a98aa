// A network of automata on its way to the syntax that is compiled.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model/jani/expressions.hpp"
#include "formats/model/prism/language/syntax.hpp"
#include "formats/model/prism/language/unique_names.hpp"

namespace steady::detail::jani {

// A variable that has a value of its own in no state: locations say what it is there, edges what a step earns.
struct Transient {
  struct InLocation {
    std::size_t automaton;  // its number in the composition
    ExpressionPtr here;     // whether it is in the location; null: it always is
    ExpressionPtr value;
  };

  std::string_view name;
  Place place;
  prism::Type type;
  ExpressionPtr initial;
  std::vector<InLocation> in_locations = {};
};

// An assignment of an edge that may be taken together with another automaton's.
struct SharedAssignment {
  std::size_t automaton;  // its number in the composition
  double index;
};

// What has to hold in every state: that an edge's probabilities sum to 1.
struct EdgeSum {
  Place place;
  ExpressionPtr holds;
};

struct ConstantRange {
  prism::Name name;
  ExpressionPtr low, high;  // null: none
};

struct Network {
  Document& document;
  prism::UniqueNames names{document.texts};
  ExpressionReader expressions = {};
  Scope scope = {};  // of the model
  std::vector<Transient> transients = {};
  std::vector<ConstantRange> ranges = {};
  std::vector<EdgeSum> sums = {};
  std::multimap<std::string_view, SharedAssignment> shared_assignments = {};  // by the model's variable
  std::vector<ExpressionPtr> initial = {};  // what holds in initial states, beside variables' own initial values
  std::vector<std::string> notes = {};
  std::string properties = {};  // as print_properties() gives them
  prism::ModelSyntax syntax = {};

  Transient* find_transient(std::string_view name);
};

// The declarations of a model or an automaton join the scope. Where the name of a variable is taken, `prefix` comes
// before it.
// Returns of each constant the names that its value uses.
std::vector<std::set<std::string_view>> declare_constants(const Json& model, Network& network);
void declare_variables(const Json& owner, std::string_view prefix, Scope& scope, Network& network);
void declare_functions(const Json& owner, Scope& scope);

// The model's functions without parameters become formulas, which properties may use.
void make_formulas(Network& network);

// Joins the automaton's assignments to network.shared_assignments, before any automaton is added.
void find_shared_assignments(const Json& automaton, std::size_t number, Network& network);

// Adds the automaton, an element of the composition, as a module. Returns the actions of those of its edges that have
// no rate.
std::set<std::string_view> add_automaton(const Json& automaton, const Json& element, Network& network);

// Of an edge of a ctmc, `probabilities` of its destinations: throws Error where they are numbers that do not sum to 1;
// where they depend on the state, what has to hold joins network.sums.
void require_sum(std::vector<ExpressionPtr> probabilities, const ExpressionPtr& rate, const prism::Command& command,
                 Network& network);

// The model's properties of the long run, in the PRISM language. Those of a number that is no transient variable become
// rewards. Others are noted.
std::string print_properties(const Json& model, Network& network);

// Reads the model in the document. Throws Error for whatever is no network of automata, and by name for what is not
// read.
void read_network(Network& network);

}  // namespace steady::detail::jani
