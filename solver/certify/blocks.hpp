// What a proof solves one by one: the closed sets of a chain without their references, and the states outside.
#pragma once

#include <vector>

#include <steady/certify.hpp>
#include <steady/chain.hpp>

#include "solver/certify/checker.hpp"

namespace steady::detail {

struct Blocks {
  LongRun sets;                            // the reachable bottom components
  bool similar = false;                    // their references are those of a similar chain's proof
  std::vector<std::vector<State>> inside;  // the states of each set but its reference
  std::vector<State> outside;              // the reachable states in no set

  bool several() const { return inside.size() > 1; }
  std::size_t largest() const;
  double elimination_cost() const;  // multiplications, densely
};

// References: the most likely state of each set, or those of the proof of a similar chain with the same closed sets
// (null: there is none) where these are likely, too.
Blocks find_blocks(const Chain& chain, const std::vector<double>& distribution, const Certificate* similar);

}  // namespace steady::detail
