// What a run over several processes came to, for a person and for a program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <steady/measures.hpp>
#include <steady/model.hpp>

#include "solver/distributed/certificate.hpp"
#include "solver/distributed/stationary.hpp"
#include "solver/distributed/variables.hpp"

namespace steady::detail {

struct DistributedResult {
  std::string file, command;
  const Model& model;  // of one block; the counts are of the whole chain
  int ranks = 1;
  std::uint64_t states = 0, transitions = 0, transient_states = 0;
  std::size_t bottom_components = 1;
  double residual = 0, balance = 0;
  bool converged = false;
  std::vector<Tried> tried = {};                           // within the bottom components
  std::vector<Tried> tried_to_absorb = {};                 // for the probabilities of ending in each of several
  std::vector<End> ends = {};                              // where there are several
  std::optional<DistributedCertificate> certificate = {};  // none where no proof was asked for, or it was not worth it
  std::optional<double> error_asked = {};                  // by --error
  std::vector<Measure> measures = {};
  std::optional<std::vector<Marginal>> marginals = {};  // none where they are not to be shown
  std::optional<LikelyStates> likely = {};              // likewise
  std::vector<std::string> notes = {};
  struct Seconds {
    double load = 0, structure = 0, solve = 0, total = 0;
  } seconds = {};
  int checkpoint_exit_code = 0;  // 3 where the last one cannot be written
  std::uint64_t memory = 0;      // bytes that the rank with the most has had

  bool proven() const { return certificate && certificate->proven(); }
  bool error_reached() const { return !error_asked || (proven() && certificate->total_variation <= *error_asked); }
  // "solved", "not proven" or "not converged".
  std::string_view status() const;
  // Whether the program says so with exit code 0.
  bool reliable() const { return converged && error_reached(); }
};

std::string text_report(const DistributedResult& result);
std::string json_report(const DistributedResult& result);

}  // namespace steady::detail
