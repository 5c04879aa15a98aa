// The distribution of every variable, where the chain ends, and the likeliest states, over all ranks.
#pragma once

#include <cstdint>
#include <vector>

#include "solver/answer/result.hpp"
#include "solver/distributed/bottom.hpp"
#include "solver/distributed/generator.hpp"

namespace steady::detail {

// `own`: what the block's states are; `p`: one probability for each; `total_variation`: proven of p, infinite where
// nothing is.
std::vector<Marginal> marginals(const Generator& q, const States& own, const std::vector<double>& p,
                                double total_variation);

// A bottom component.
struct End {
  std::uint64_t states, first_state;
  Figure probability;  // of ending there
};

std::vector<End> ends(const Generator& q, const BottomComponents& bottom, const std::vector<double>& p,
                      double total_variation);

struct LikelyStates {
  std::vector<std::uint64_t> numbers;  // the likeliest first; equal ones by number
  std::vector<Figure> probabilities;
  States states;  // what they are
};

// The `count` likeliest states, known to the first rank alone.
LikelyStates most_likely(const Generator& q, const States& own, const std::vector<double>& p, std::size_t count,
                         double total_variation);

}  // namespace steady::detail
