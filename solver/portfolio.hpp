// Which methods to run on an irreducible chain, in which order, and when to take the next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <steady/checkpoint.hpp>
#include <steady/options.hpp>

#include "solver/methods/monitor.hpp"
#include "solver/structure/subchain.hpp"

namespace steady {

// A method that was run, on one irreducible chain or on several of one kind.
struct Attempt {
  std::string method;
  std::string preconditioner;  // "" where the method takes none
  std::string direction;       // likewise
  Outcome outcome;             // of several: counts added, the largest residual, the worst reason to stop
  double seconds = 0;
  std::size_t chains = 1;
  bool mixed = false;  // it began with corrections in single precision
};

// What the portfolio found.
struct Stationary {
  std::vector<double> distribution;  // one probability a state, none negative, summing to 1
  bool converged = false;            // by the true residual of `distribution`
  bool eliminated = false;           // by elimination, which is right in every entry
  std::vector<Attempt> tried;        // in order; the last one gave the answer, or failed last
  std::size_t passes = 0;            // over the matrix, of choosing, all attempts and the finish
  std::string storage, kernel, device;
  double setup_seconds = 0;  // choosing, and making operators: storages, level orders not known yet, trials
  double solve_seconds = 0;
};

// What an option that takes a name may be: "auto", then what is built, in the order of its list.
std::vector<std::string_view> option_values(std::string_view option);

// Throws Error for an option whose value names nothing that is built, or that is out of range.
void check_options(const Options& options);

// The stationary distribution of an irreducible chain. Residuals are divided by its largest exit rate. `from`: as
// restrict_to makes it.
Stationary find_stationary(const IrreducibleChain& chain, const Options& options, const Observer& observer,
                           const InitialGuess& from = {});

}  // namespace steady
