// A bound on what a truncation neglects, by a drift function: papers/unbounded/README.md has the theorem.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/chain/direction.hpp"
#include "formats/model/prism/explore/growing_states.hpp"
#include "solver/truncation/drift_checker.hpp"

namespace steady::detail {

// A truncated chain and an approximation of its long run.
struct TruncatedChain {
  const prism::GrowingStates& states;
  const std::vector<State>& order;  // the kept states, in the order of the chain
  const Chain& chain;
  State back_to;  // the chain's state that transitions which leave the kept ones lead to
  const std::vector<double>& distribution;
  Direction direction;  // of the sweeps that suit the distribution
  bool irreducible;     // the chain is
};

struct TruncationProof {
  bool holds = false;
  // max over sets A of |distribution(A) - pi(A)|, pi the long-run distribution of the whole chain.
  double total_variation = INFINITY;
  std::string reason;  // why it does not hold
};

// Throws Error with line and column where `text` is no number that the model's variables and constants make.
DriftFunction parse_drift(const std::string& text, const prism::CompiledModel& model);

TruncationProof prove_truncation(const TruncatedChain& truncated, const DriftFunction& g,
                                 const std::function<bool()>& interrupted);

}  // namespace steady::detail
