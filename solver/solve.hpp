// The front door: a chain in, its long-run distribution out, with the residual that was measured.
#pragma once

#include <string>
#include <vector>

#include "solver/chain.hpp"
#include "solver/monitor.hpp"
#include "solver/options.hpp"
#include "solver/portfolio.hpp"
#include "solver/structure.hpp"

namespace steady {

struct Solution {
  std::vector<double> distribution;  // one probability a state of the chain, none negative, summing to 1
  bool converged = false;
  double residual = 0;         // ||pi Q||_1 / max exit rate (CTMC), ||pi P - pi||_1 (DTMC), of `distribution` itself
  std::vector<Attempt> tried;  // in order; empty where there was nothing to compute (one state)
  std::size_t passes = 0;      // over the matrix, in all
  std::string storage = "none", kernel = "none", device = "cpu";
  int threads = 1;
  Structure structure;
  struct Seconds {
    double structure = 0, setup = 0, solve = 0;
  } seconds;
};

// Long-run distribution of the chain from its initial distribution. Transient states have probability 0. Throws Error
// for an unknown option value, and where more than one bottom component can be reached (not built yet).
// A failure to converge is in the Solution, not an exception.
Solution solve(const Chain& chain, const Options& options = {}, const Observer& observer = {});

// The residual that Solution reports, of any distribution over the chain's states.
double true_residual(const Chain& chain, const std::vector<double>& distribution);

}  // namespace steady
