// Petri nets as text, and what they mean by a second way: every marking a state, without elimination.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <steady/model.hpp>

#include "formats/model/petri/petri.hpp"
#include "tests/exact_long_run.hpp"
#include "tests/reference.hpp"

namespace steady::tests {

struct NetArc {
  std::size_t place;
  int multiplicity = 1;
};

struct NetTransition {
  std::string name;
  bool immediate;
  double rate;  // or weight
  int priority = 1;
  int servers = 1;  // 0: without a limit
  std::vector<NetArc> inputs = {}, outputs = {}, inhibitors = {};
};

struct PlainNet {
  std::vector<std::pair<std::string, int>> places;  // with the initial marking
  std::vector<NetTransition> transitions = {};
};

// Tokens go from idle by way of immediate transitions, which may try again for a while, to done and back. The weights
// of staying and of leaving.
PlainNet with_retry(double stay, double leave);

using Marking = std::vector<int>;

// As a project of GreatSPN's editor. `nodes` and `pages` are put into the net and behind it.
std::string project(const PlainNet& net, const std::string& nodes = "", const std::string& pages = "");

// A project of these nodes and edges.
std::string project_of(const std::string& nodes, const std::string& edges = "", const std::string& pages = "");

Model read_project(const std::string& text, const std::string& constants = "");

// Every marking that can be reached, in any order, and the rates between them; of vanishing ones the weights of the
// immediate transitions of the highest priority.
struct WholeChain {
  std::vector<Marking> markings;  // the first is the initial one
  std::vector<bool> vanishing;
  std::vector<std::vector<reference::Rational>> rate;

  explicit WholeChain(const PlainNet& net);

  // Whether some vanishing marking leads to no tangible one.
  bool has_trap() const;

  // The rates between tangible markings, once the vanishing ones are censored.
  std::map<std::pair<Marking, Marking>, reference::Rational> tangible_rates() const;
};

// What of a state of the chain are its places.
Marking marking_of(const Chain& chain, std::size_t state);

}  // namespace steady::tests
