// The witnesses of a proof (checker.hpp) for chains of small blocks, by dense elimination without subtractions.
#pragma once

#include <functional>

#include <steady/chain.hpp>

#include "solver/certify/blocks.hpp"
#include "solver/certify/checker.hpp"

namespace steady::detail {

// Hitting times and visiting times, in doubles. `outflow`: the rates out of each state. `look` is called now and then,
// and may throw.
void eliminate_blocks(const Chain& chain, const Csr& outflow, const Blocks& blocks, const std::function<void()>& look,
                      Witness& witness);

// These, and the distribution, in 192 bits.
void eliminate_blocks_in_192_bits(const Chain& chain, const Csr& outflow, const Blocks& blocks,
                                  const std::function<void()>& look, Witness& witness);
constexpr double long_cost = 100;  // of one of its operations, in transitions visited

}  // namespace steady::detail
