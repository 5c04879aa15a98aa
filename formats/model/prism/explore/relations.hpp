// What the synchronizations of a model do to the states, as decision diagrams of pairs of values.
//
// One enabled command of each part of a synchronization, with one update of each, is a choice: a relation between
// states, and a rate. The relation splits into relations of few variables: those that a condition of a guard, an
// assignment or a rate reads or changes together. Each of these is tabulated, and their product is a decision diagram:
// a node tells, for one variable, which value may become which and what follows for the later variables. Variables
// without a node stay as they are and may have any value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formats/model/prism/explore/pair_table.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

class Relations {
 public:
  using Id = std::uint32_t;
  static constexpr Id unchanged = 0;  // whatever the later variables are, they stay so

  struct Edge {
    std::uint32_t from, to;  // values of the node's variable, less its lowest
    Id next;
    auto operator<=>(const Edge&) const = default;
  };
  struct Node {
    std::uint32_t variable;  // the number of variables, in `unchanged`
    std::uint32_t first, last;
  };

  struct Choice {
    Id relation;
    std::size_t action;                          // as in Synchronization
    std::vector<const CompiledUpdate*> updates;  // of each of the synchronization's parts
  };

  const Node& operator[](Id id) const { return nodes_[id]; }
  // Ascending by `from`, then `to`.
  std::span<const Edge> edges(Id id) const {
    return {edges_.data() + nodes_[id].first, edges_.data() + nodes_[id].last};
  }
  // Whether both lead from one of all combinations of values to the same. `known`: results so far.
  bool meet(Id a, Id b, PairTable& known) const;
  // Of each relation, at most to how many combinations of values it may lead from one, as long as only the first of
  // them are known.
  std::vector<double> breadths() const;
  // Of all synchronizations, in the order in which Successors has them; those that are possible nowhere are left out.
  const std::vector<Choice>& choices() const { return choices_; }
  // Their relations that change anything, each once.
  const std::vector<Id>& all() const { return all_; }
  // Where something has no value or one that is not allowed: relations from such states to themselves, and perhaps from
  // some in which it is not asked for.
  const std::vector<Id>& faults() const { return faults_; }

 private:
  friend class RelationMaker;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<Choice> choices_;
  std::vector<Id> all_, faults_;
};

// A rate that reads what its command does not is taken to be positive. Where a condition, an assignment or another rate
// has no value, or one that is not allowed, there is no transition. Nothing, where variables have many values or
// something reads many at once, or where the commands have many combinations: too much would be tabulated.
std::optional<Relations> find_relations(const CompiledModel& model);

}  // namespace steady::detail::prism
