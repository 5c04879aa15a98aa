// Which methods to run on an irreducible chain, in which order, and when to take the next.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/iteration.hpp>
#include <steady/options.hpp>

#include "solver/kept_matrix.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

// What the portfolio found.
struct Stationary {
  std::vector<double> distribution;  // one probability a state, none negative, summing to 1
  bool converged = false;            // by the true residual of `distribution`
  bool eliminated = false;           // by elimination, which is right in every entry
  std::vector<Attempt> tried;        // in order; the last one gave the answer, or failed last
  std::size_t passes = 0;            // over the matrix, of choosing, all attempts and the finish
  std::optional<Storage> storage;    // empty where no matrix was stored, as kernel is "none" then
  std::string kernel = "none";
  Device device = Device::cpu;
  double setup_seconds = 0;  // choosing, and making operators: storages, level orders not known yet, trials
  double solve_seconds = 0;
  std::shared_ptr<const KeptMatrix> kept;  // where the options ask for it and a host has swept over it last
};

// The stationary distribution of an irreducible chain. Residuals are divided by its largest exit rate. `from`: as
// restrict_to makes it.
Stationary find_stationary(const IrreducibleChain& chain, const Options& options, const Observer& observer,
                           const InitialGuess& from = {});

}  // namespace steady::detail
