// Sensitivities of several queries: what they share is found once.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <steady/sensitivity.hpp>

#include "solver/certify/long_run_sensitivity.hpp"
#include "solver/certify/passage_sensitivity.hpp"

namespace steady::detail {

// What sensitivities are of.
struct SensitivityInput {
  const Model& model;
  const Solution& solution;
  const Certificate* certificate;  // of the solution, whose witness is tried; may be null
  Enclosure enclose;               // of long-run averages; empty where nothing is proven of them
  const Passages& passages;        // of the queries, from the initial distribution
  bool passages_provable;
};

class SensitivitySolver {
 public:
  // What the input refers to and the observer must outlive this.
  SensitivitySolver(SensitivityInput input, const Options& options, const Observer& observer);

  // Not a number where the chain's linear systems were not solved. Throws Error as sensitivities() for the chain.
  std::vector<Sensitivity> run(const Query& query);
  // Why the last of those that were not solved stopped.
  Stop stop() const;

 private:
  VariedValue varied(const Query& query);
  LongRunSensitivity& long_run();

  const SensitivityInput input_;
  const std::function<Options()> left_;  // what is left of the time limit
  const Observer& observer_;
  PassageSensitivity passages_;
  std::optional<LongRunSensitivity> long_run_;  // once it is asked for
};

}  // namespace steady::detail
