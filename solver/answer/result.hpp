// Everything that an answer came to, and the two ways to say it.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/answer.hpp>
#include <steady/certify.hpp>
#include <steady/measures.hpp>
#include <steady/model.hpp>
#include <steady/sensitivity.hpp>
#include <steady/solve.hpp>
#include <steady/truncate.hpp>

#include "solver/answer/figure.hpp"
#include "solver/certify/certify.hpp"
#include "solver/certify/relative.hpp"

namespace steady::detail {

// What became of the proof of a measure.
struct ProofMade {
  bool relative = false;    // of relative errors
  bool tried = false;       // any
  std::string reason = {};  // why nothing is proven of this measure; empty where that is no question
};

struct Result {
  std::string file;
  const Model& model;
  Solution solution;
  std::vector<Measure> measures;
  bool marginals = false;  // to be shown
  std::size_t top = 0;     // most likely states to be shown
  double load_seconds = 0;
  double total_seconds = 0;
  std::optional<Certificate> certificate = {};       // none where no proof was asked for
  std::optional<RelativeCertificate> relative = {};  // none where it was not to be entry by entry
  bool relative_for_rare = false;             // the latter because a measure is rare, not because it was asked for
  std::optional<double> error_asked = {};     // by --error
  std::optional<double> relative_asked = {};  // by --relative
  ProvenRates rates = {};                     // that the proof is of
  std::optional<Truncation> truncation = {};  // none where all states are there
  std::vector<std::string> notes = {};        // what a user should know
  std::string command = {};                   // what the user typed
  std::string proof_cut = {};                 // "proof cut by ...", where a budget ended it
  std::vector<std::vector<Sensitivity>> sensitivities = {};  // of each measure, where any are asked for
  const Certificate* similar = nullptr;                      // of the model with neighbouring constants
  bool proof_wanted = true;                                  // not with --no-certify
  bool long_run_wanted = false;  // the distribution itself, or by a measure; else all is of ways from initial states
  Stop measures_stop = Stop::converged;  // of the linear systems that measures have of their own

  bool relatively_proven() const { return relative && relative->proof.holds(); }
  bool proven() const { return relatively_proven() || (certificate && certificate->proven); }
  // Whether the chain has every state that the model can reach.
  bool whole() const { return !truncation || truncation->complete; }
  // Of a truncated model whose whole chain the answer is close to.
  bool truncation_proven() const { return truncation && std::isfinite(truncation->total_variation); }
  bool has_no_range(std::size_t variable) const;  // of a truncated model
  // How far a number of this size may be off in a truncated model, by the comparison of its sets of states; nothing
  // proves that.
  double estimated_error(double value) const { return truncation->moved * std::max(1.0, std::abs(value)); }
  ProofMade proof_of(const Measure& measure) const;
  bool proof_failed() const { return (certificate || relative) && !proven(); }
  // Whether a bound in total variation is proven, of the whole chain where it is truncated.
  bool bounded() const { return proven() || truncation_proven(); }
  // That bound, of the solution's distribution; infinite where there is none.
  double total_variation() const;
  // Of proofs, and of what is looked for where there is none.
  double proof_seconds() const {
    return (certificate ? certificate->seconds : 0) + (relative ? relative->seconds : 0) + solution.seconds.check;
  }
  // What is proven of averages by the proofs that there are, at least one.
  Enclosure enclosure() const;

  bool error_reached() const { return !error_asked || (bounded() && total_variation() <= *error_asked); }
  bool relative_reached() const;
  bool proven_as_asked() const { return error_reached() && relative_reached(); }
  // Takes down why one of those systems stopped, if it was not solved.
  void note_stop(Stop stop) {
    if (!solved(stop)) measures_stop = stop;
  }
  // Whether everything is solved that the answers rest on.
  bool converged() const {
    if (truncation && !truncation->reached) return false;
    return (solution.converged || !long_run_wanted) && solved(measures_stop);
  }
  // "solved", "not proven", "not known" or "not converged".
  std::string_view status() const;
  // Why nothing, or not what was wanted, is proven; empty where that is no question.
  std::string proof_reason() const;
  // Whether the program says so with exit code 0.
  bool reliable() const { return error_asked || relative_asked ? proven_as_asked() : converged(); }
};

// A variable's long-run distribution.
struct Marginal {
  std::string variable;
  Figure mean;
  std::map<std::int64_t, Figure> probability;  // of each value that it takes
};
std::vector<Marginal> marginals(const Result& result);

Figure probability_of(const Result& result, State state);

// The probability of ending in this component.
Figure probability_of(const Result& result, const BottomComponent& part);

Figure figure_of(const ProvenNumber& number);

// The `count` most likely states, the likeliest first; equal ones by number.
std::vector<State> most_likely(const std::vector<double>& distribution, std::size_t count);

// What a report calls each measure: by its name, with the kind behind it where others have the same.
std::vector<std::string> names_of(const std::vector<Measure>& measures);

// The digits of a derivative or an elasticity that are known.
std::string sensitivity_digits(const ProvenNumber& number, const Result& result);

std::string text_report(const Result& result);
std::string json_report(const Result& result);
// Of a model for which there is no iterate, and why.
std::string json_report_of_unsolved(const std::string& file, const std::string& command, const std::string& settings,
                                    const std::string& why, double seconds);

// Parts that other reports share.
nlohmann::ordered_json measure_json(const Measure& measure, const States& states, const ProofMade& proof);
nlohmann::ordered_json values_json(const States& states, State state);  // of the variables
nlohmann::ordered_json marginals_json(const std::vector<Marginal>& marginals);
nlohmann::ordered_json provenance_json(const nlohmann::ordered_json& gpu, const std::string& command);
nlohmann::ordered_json constants_json(const Model& model);
std::string text_of(const nlohmann::ordered_json& json);
// `unproven`: what is said behind a mean of which nothing is proven.
std::string text_of(const std::vector<Marginal>& marginals, std::string_view unproven = {});
// " n=5 m=2": those set from outside, as a report has them behind the model's name.
std::string constants_of(const Model& model);
// The value as it is printed, and how far the exact one can be from that.
std::string value_of(const Measure& measure, const States& states, const ProofMade& proof);
nlohmann::ordered_json model_json(const std::string& file, const Model& model);
nlohmann::ordered_json structure_json(const Structure& structure);

}  // namespace steady::detail
