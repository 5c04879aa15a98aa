// A set of states as a multi-valued decision diagram (MDD): for each variable in turn, a node says which values may
// come next, and what may follow each. Nodes that say the same are one node, so that an MDD is small where parts of a
// model are independent.
//
// The states reachable from some are found by saturation: G. Ciardo, G. Luettgen and R. Siminiceanu, TACAS 2001. A node
// is closed under the relations of its variable and the later ones before it is used in another.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formats/base/hash_table.hpp"
#include "formats/model/prism/explore/pair_table.hpp"
#include "formats/model/prism/explore/relations.hpp"

namespace steady::detail::prism {

class StateMdd {
 public:
  using Id = std::uint32_t;
  static constexpr Id none = 0;  // no state
  static constexpr Id all = 1;   // behind the last variable
  struct TooLarge {};

  // The states that can be reached from the initial ones, packed and in lexicographic order. Throws TooLarge where the
  // MDD is.
  StateMdd(const CompiledModel& model, const Relations& relations, const std::vector<std::uint64_t>& initial);

  Id root() const { return root_; }
  std::size_t variables() const { return values_.size(); }
  // What may follow each value of the node's variable.
  std::span<const Id> next(Id node) const {
    return {next_.data() + nodes_[node].first, values_[nodes_[node].variable]};
  }
  std::uint32_t variable(Id node) const { return nodes_[node].variable; }
  std::size_t nodes() const { return nodes_.size(); }
  // How many states the node has; as a double, because there may be more than any integer holds.
  double count(Id node) const { return count_[node]; }
  // How many of them have a smaller value of the node's variable, for each of its values: modulo 2^32.
  std::span<const State> before(Id node) const { return {before_.data() + nodes_[node].first, next(node).size()}; }
  // Whether the relation leads from any of the states; yes, where it takes too long to tell.
  bool leads(Relations::Id relation);

 private:
  struct Node {
    std::uint32_t variable;
    std::uint32_t first;  // of its next()
    std::uint64_t hash;
  };
  struct Firing {  // an edge of a relation that begins with the variable
    std::uint32_t to;
    Relations::Id next;
  };

  Id of_states(const Packing& packing, const std::uint64_t* first, const std::uint64_t* last, std::uint32_t variable);
  Id saturated(std::uint32_t variable, std::vector<Id>& next);
  Id after(Id node, Relations::Id relation);
  Id united(Id a, Id b);
  Id node(std::uint32_t variable, const std::vector<Id>& next);
  void keep(PairTable& results, Id a, Id b, Id result);
  void number();
  bool leads(Id node, Relations::Id relation);

  const Relations& relations_;
  std::vector<std::uint32_t> values_;                      // of each variable, how many
  std::vector<std::vector<std::vector<Firing>>> firings_;  // by variable and the value that they take it from
  std::vector<Node> nodes_;
  std::vector<Id> next_;
  HashTable<Id, none> slots_;  // all nodes by hash
  PairTable unions_, images_, led_;
  std::vector<double> count_;
  std::vector<State> before_;
  Id root_ = none;
};

// The states that can be reached, by the relations between them.
struct ReachableMdd {
  ReachableMdd(const CompiledModel& model, Relations&& found, const std::vector<std::uint64_t>& initial)
      : relations(std::move(found)), states(model, relations, initial) {}
  ReachableMdd(const ReachableMdd&) = delete;
  ReachableMdd& operator=(const ReachableMdd&) = delete;

  Relations relations;
  StateMdd states;
};

}  // namespace steady::detail::prism
