// The options by which solve and verify choose what is proven, and of which rates.
#pragma once

#include <boost/program_options.hpp>
#include <string>

#include <steady/answer.hpp>

#include "solver/answer/rates.hpp"

namespace steady::cli {

namespace po = boost::program_options;
using namespace detail;

// Proofs, and the accuracy as it is typed.
struct ProofChoice {
  ProofOptions proof;
  std::string accuracy = "auto";
};

po::options_description proof_options(ProofChoice& choice, RatesChoice& rates);

// --rates and --rates-within.
void add_options(po::options_description& options, RatesChoice& choice);

// What is chosen. Throws Error for choices that are none, or that stand against each other.
ProofOptions find_proof(const ProofChoice& choice, const ProvenRates& rates);

}  // namespace steady::cli
