// Attacks on relative proofs: random small chains, as awkward as they come, solutions and witnesses that were tampered
// with, and exact fractions to compare what is proven with.
#pragma once

#include <cstdint>
#include <string>

#include "solver/chain.hpp"

namespace steady::relative_attack {

struct Verdict {
  std::string kind;    // of chain
  std::string attack;  // what was tampered with
  std::size_t states = 0;
  bool proven = false;
  bool refuted = false;  // something was proven that is not so
  double error = 0;      // proven, the largest relative one of any state
};

// 4 to 14 states: rates over 16 decades, paths, rings, blocks coupled at 1e-11, several closed sets with states that
// are left, in continuous and in discrete time.
Chain awkward_chain(std::uint64_t seed, std::string& kind);

// The same for the same seed.
Verdict attack(std::uint64_t seed);

}  // namespace steady::relative_attack
