// How often the nodes of a graph of probabilities are visited on the way from the first one to where the way ends.
//
// With the probabilities P of the steps between nodes that is row 0 of (I - P)^-1, made without subtractions, so that
// each number has full relative accuracy: strongly connected components in topological order, each by elimination.
// (R. Tarjan, SIAM Journal on Computing 1, 1972; W. Grassmann, M. Taksar and D. Heyman, Operations Research 33, 1985.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace steady::detail::prism {

struct ProbableStep {
  std::uint32_t to;    // a node, or a place where the way ends: these have the numbers from the first that is no node's
  double probability;  // above 0
};

// Every node can be reached from node 0.
struct ProbabilityGraph {
  std::vector<std::size_t> first = {0};  // node k's steps: those from first[k] to first[k + 1]
  std::vector<ProbableStep> steps = {};
  std::vector<double> error = {};  // of the probabilities of each node's steps, relatively

  std::size_t nodes() const { return first.size() - 1; }
  std::span<const ProbableStep> of(std::size_t node) const {
    return {steps.data() + first[node], steps.data() + first[node + 1]};
  }
};

struct Visits {
  std::vector<double> count;  // of each node
  std::vector<double> error;  // of each count, relatively; infinite where it is not known: behind a cycle
};

// A set of nodes from which no way ends.
struct Trap {
  std::uint32_t node;  // one of them
};

// Throws Trap. Takes 8 k^2 bytes for a strongly connected component of k nodes.
Visits visits(const ProbabilityGraph& graph);

// The nodes of the largest strongly connected component.
std::size_t largest_component(const ProbabilityGraph& graph);

}  // namespace steady::detail::prism
