// A chain from the rows of what leaves each state: in parallel, without a matrix of outgoing rates beside the inflow.
//
// A counting sort by target in two passes over the rows. Each thread takes a block of consecutive states and counts the
// targets of its own; the counts, summed over the blocks before, tell each thread where to write, so that sources
// ascend and the result is the same for any number of threads. Beside the chain: 4 bytes a state and thread.
#pragma once

#include <functional>
#include <vector>

#include "solver/chain.hpp"

namespace steady {

struct Step {
  State target;
  double rate;  // or probability
};

// Puts the steps from a state, in any order, into an empty vector. Steps to one target are added in the order given,
// zeros are dropped. Called twice for each state, from several threads. What it throws comes out, of the lowest state.
using Row = std::function<void(std::size_t state, std::vector<Step>& steps)>;

// Inflow, exit rates and self-loops; the initial distribution is state 0. At most 2^32-1 states.
Chain chain_from_rows(Kind kind, std::size_t states, const Row& row);

// Calls work(first, last) for consecutive blocks of 0..n-1 in parallel, one block a thread. What the first block that
// throws has thrown comes out.
void for_blocks(std::size_t n, const std::function<void(std::size_t first, std::size_t last)>& work);

}  // namespace steady
