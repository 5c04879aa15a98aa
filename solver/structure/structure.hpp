// What the graph of a chain says before any number is computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <steady/chain.hpp>
#include <steady/csr.hpp>
#include <steady/structure.hpp>

namespace steady::detail {

// Strongly connected components (Tarjan 1972, without recursion). Components are numbered so that every transition
// between two of them goes from the lower number to the higher.
struct Components {
  std::vector<State> of;  // component of each state
  std::size_t count = 0;
  std::vector<bool> bottom;     // by component: no transition leaves it
  std::vector<bool> reachable;  // by component: from a state with positive initial probability
  bool indecomposable = false;  // one component, and is_decomposable was seen to be false for it
};

Components find_components(const Chain& chain);

// What a weak transition takes of its state's exit rate, less than this share, for those who choose a method.
inline constexpr double weak_share = 0.01;

// Whether the chain, irreducible, is nearly decomposable (Courtois 1977): without the transitions that take less than
// `share` of their state's exit rate, more than one set of states is closed. `begin`: any state; the answer comes
// soonest where all others lead to it.
bool is_decomposable(const Csr& inflow, const std::vector<double>& exit_rate, double share = weak_share,
                     State begin = 0);

// The states of every component, ascending within each.
struct Grouping {
  std::vector<State> states;
  std::vector<std::size_t> start;  // the first of each component, and the number of states

  std::span<const State> operator[](std::size_t component) const {
    return {states.data() + start[component], states.data() + start[component + 1]};
  }
};

Grouping group_states(const Components& components);

// By component: the greatest common divisor of the lengths of its cycles; 1 for a CTMC and for a state without a cycle.
std::vector<std::size_t> periods(const Chain& chain, const Components& components);

// Rates of self-loops are not among them.
DistinctValues count_distinct(const Chain& chain);

// All of it; `levels`: of the chain's inflow.
Structure find_structure(const Chain& chain, const Components& components, const Levels& levels);

}  // namespace steady::detail
