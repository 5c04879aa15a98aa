// A network of automata on its way to the syntax that is compiled.
#pragma once

#include <functional>
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
  ExpressionPtr low, high;  // null: none
  ExpressionPtr initial;
  std::vector<InLocation> in_locations = {};
};

// An assignment of an edge that may be taken together with another automaton's.
struct SharedAssignment {
  std::size_t automaton;  // its number in the composition
  double index;
};

// What has to hold in every state.
struct Requirement {
  Place place;
  ExpressionPtr holds;
  std::string otherwise;  // what is wrong where it does not
};

// Of an edge of a ctmc whose probabilities depend on the state or on constants.
struct EdgeSum {
  Place place;
  ExpressionPtr taken;  // where the edge has a rate
  ExpressionPtr sum;    // of its probabilities
};

// A number that is the same in every state, such as a constant, and its range.
struct FixedRange {
  Place place;
  std::string what;
  ExpressionPtr value;
  ExpressionPtr low, high;  // null: none
};

struct Network {
  Document& document;
  prism::UniqueNames names{document.texts};
  ExpressionReader expressions = {};
  Scope scope = {};  // of the model
  std::vector<Transient> transients = {};
  std::vector<FixedRange> ranges = {};
  std::vector<Requirement> requirements = {};
  std::vector<EdgeSum> sums = {};
  std::vector<Place> unrated = {};                                            // edges of a ctmc without a rate
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
void declare_functions(const Json& owner, Scope& scope, Network& network);

// The model's functions without parameters become formulas, which properties may use.
void make_formulas(Network& network);

// Joins the automaton's assignments to network.shared_assignments, before any automaton is added.
void find_shared_assignments(const Json& automaton, std::size_t number, Network& network);

// Adds the automaton, an element of the composition, as a module. Returns the actions of those of its edges that have
// no rate.
std::set<std::string_view> add_automaton(const Json& automaton, const Json& element, Network& network);

// Of an edge of a ctmc, `probabilities` of its destinations: throws Error where they are numbers that do not sum to 1;
// else what has to hold joins the network's requirements.
void require_sum(std::vector<ExpressionPtr> probabilities, const ExpressionPtr& rate, const prism::Command& command,
                 Network& network);

// That the variable, where it has this value, is in its range: joins the network's requirements. `where`: null:
// everywhere.
void require_range(const Transient& transient, const ExpressionPtr& value, const ExpressionPtr& where,
                   Network& network);

// What has to hold in every state so that the sums of probabilities stay 1 when the constant changes; `derivative` of
// an expression by it is null where it is 0.
std::vector<Requirement> requirements_of_sums(const std::vector<EdgeSum>& sums, std::string_view constant,
                                              const std::function<ExpressionPtr(const ExpressionPtr&)>& derivative);

// The model's properties of the long run, in the PRISM language. Those of a number that is no transient variable become
// rewards. Others are noted.
std::string print_properties(const Json& model, Network& network);

// Reads the model in the document. Throws Error for whatever is no network of automata, and by name for what is not
// read.
void read_network(Network& network);

}  // namespace steady::detail::jani
