// What solve is asked to prove, and the proofs that it makes.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <string>
#include <vector>

#include <steady/options.hpp>

#include "solver/certify/passages.hpp"
#include "solver/certify/relative.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/rates.hpp"
#include "solver/cli/result.hpp"

namespace steady::cli {

struct ProofChoice {
  bool certify = false, no_certify = false;
  std::optional<double> error;     // total variation that has to be proven
  std::optional<double> relative;  // relative error of every measure that has to be proven
  std::string accuracy_name = "auto";
  Accuracy accuracy = Accuracy::automatic;  // find_accuracy()

  // Whether the work that a proof takes is not limited by that of the solve.
  bool asked() const { return certify || error || relative; }
};

po::options_description proof_options(ProofChoice& choice, RatesChoice& rates);

// The accuracy that is asked for. Throws Error for choices that are none, or that stand against each other.
Accuracy find_accuracy(const ProofChoice& choice, const Rates& rates);

// Proves a bound for the solution, or for each state of it where the accuracy is to be relative, as far as asked for,
// and improves it; says what was not reached.
void prove(const ProofChoice& choice, const Options& options, const std::vector<Query>& queries,
           const Observer& observer, ProgressLine& progress, Result& result);

// The answer to a query without a filter, proven as far as the result and the passages are.
Measure answer(const Query& query, const Passages& passages, const Result& result);
// ... to a query with a filter. `averages`: of long runs, which are proven where the chain has one end.
Measure answer(const Query& query, const Averages& averages, const Passages& passages, const Result& result);

}  // namespace steady::cli
