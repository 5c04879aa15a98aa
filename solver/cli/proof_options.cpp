#include "solver/cli/proof_options.hpp"

#include <fmt/format.h>

#include <steady/error.hpp>

#include "solver/answer/proofs.hpp"
#include "solver/certify/relative.hpp"

namespace steady::cli {

po::options_description proof_options(ProofChoice& choice, RatesChoice& rates) {
  po::options_description options("Proof of an error bound", 110, 60);
  options.add_options()("certify", po::bool_switch(&choice.proof.certify),
                        "whatever it costs; else about twice the solve")(
      "no-certify", po::bool_switch(&choice.proof.no_certify), "none")(
      "error", po::value<double>()->value_name("X")->notifier([&](double x) { choice.proof.error = x; }),
      "total variation that has to be proven; the answer is improved until it is")(
      "accuracy", po::value(&choice.accuracy)->default_value(choice.accuracy)->value_name("auto|absolute|relative"),
      "what errors are small beside: 1, or each probability and measure itself, which is then computed entry by entry; "
      "auto: the latter where a measure is under 1e-6 of the largest value that it has in a state")(
      "relative", po::value<double>()->value_name("X")->notifier([&](double x) { choice.proof.relative = x; }),
      "relative error of every measure that has to be proven; computes entry by entry");
  add_options(options, rates);
  return options;
}

void add_options(po::options_description& options, RatesChoice& choice) {
  options.add_options()("rates", po::value(&choice.rates)->default_value(choice.rates)->value_name("double|interval"),
                        "what is proven: a bound for the rates as stored, or for every rate that the model's decimals "
                        "and expressions may stand for without rounding")(
      "rates-within",
      po::value<std::string>()->value_name("X|NAME=X,...")->notifier([&choice](const std::string& text) {
        choice.within = text;
      }),
      "... and for all rates within so much of these, relatively: 1e-3; or for all values of constants that stand in "
      "rates alone: lambda=0.1,mu=0.01");
}

ProofOptions find_proof(const ProofChoice& choice, const ProvenRates& rates) {
  ProofOptions proof = choice.proof;
  const std::optional<Accuracy> accuracy = find_named<Accuracy>(choice.accuracy);
  if (!accuracy)
    throw Error(fmt::format("--accuracy {}: it is {}", choice.accuracy, enumerated(all_names<Accuracy>())));
  proof.accuracy = *accuracy;
  require_consistent(proof, rates);
  return proof;
}

}  // namespace steady::cli
