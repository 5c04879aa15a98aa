// One bottom component as a chain of its own.
#pragma once

#include <span>
#include <vector>

#include <steady/chain.hpp>

#include "formats/chain/levels.hpp"

namespace steady::detail {

// What was found out about an irreducible chain before a method is chosen.
struct StructureHints {
  bool indecomposable = false;  // is_decomposable is false for it
  LevelOrders orders;           // of sweeps in some directions
};

// An irreducible chain of at least two states: all that a method knows of a chain on the host.
struct IrreducibleChain {
  const Csr& inflow;                      // row i: the rates into state i, without the diagonal
  const std::vector<double>& exit_rate;   // positive
  State begin = 0;                        // one of its states; where the model begins, if that is in it
  const StructureHints* hints = nullptr;  // null: none yet
};

// The numbers of some states of a chain, ascending, within themselves. The states must outlive it.
class LocalNumbers {
 public:
  static constexpr State none = static_cast<State>(-1);

  LocalNumbers(std::span<const State> states, std::size_t all);

  // Its number among the states, or `none`.
  State operator[](State state) const;

 private:
  std::span<const State> states_;
  std::vector<State> number_;  // of each state of the chain; empty for few, which are searched
};

// The chain restricted to the states of a bottom component (ascending). Copies nothing when that is every state.
class Subchain {
 public:
  Subchain(const Chain& chain, std::vector<State> states);

  IrreducibleChain chain() const;

 private:
  const Chain& whole_;
  std::vector<State> states_;
  Csr inflow_;  // empty when the component is the whole chain
  std::vector<double> exit_rate_;
};

}  // namespace steady::detail
