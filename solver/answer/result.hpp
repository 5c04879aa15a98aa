// Everything that an answer came to, and the two ways to say it.
#pragma once

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

#include "solver/answer/figure.hpp"
#include "solver/certify/certify.hpp"
#include "solver/certify/relative.hpp"

namespace steady::detail {

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
  std::vector<std::string> notes = {};        // what a user should know
  std::string command = {};                   // what the user typed
  std::string proof_cut = {};                 // "proof cut by ...", where a budget ended it
  std::vector<std::vector<Sensitivity>> sensitivities = {};  // of each measure, where any are asked for
  const Certificate* similar = nullptr;                      // of the model with neighbouring constants
  bool proof_wanted = true;                                  // not with --no-certify

  bool relatively_proven() const { return relative && relative->proof.holds(); }
  bool proven() const { return relatively_proven() || (certificate && certificate->proven); }
  bool proof_failed() const { return (certificate || relative) && !proven(); }
  // Proven of the solution's distribution.
  double total_variation() const;
  double proof_seconds() const { return (certificate ? certificate->seconds : 0) + (relative ? relative->seconds : 0); }
  // What is proven of averages by the proofs that there are, at least one.
  Enclosure enclosure() const;

  bool error_reached() const { return !error_asked || (proven() && total_variation() <= *error_asked); }
  bool relative_reached() const;
  bool proven_as_asked() const { return error_reached() && relative_reached(); }
  // "solved", "not proven", "not known" or "not converged".
  std::string_view status() const;
  // Why nothing, or not what was wanted, is proven; empty where that is no question.
  std::string proof_reason() const;
  // Whether the program says so with exit code 0.
  bool reliable() const { return error_asked || relative_asked ? proven_as_asked() : solution.converged; }
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

std::string text_report(const Result& result);
std::string json_report(const Result& result);
// Of a model for which there is no iterate, and why.
std::string json_report_of_unsolved(const std::string& file, const std::string& command, const std::string& settings,
                                    const std::string& why, double seconds);

// Parts that other reports share. `relative`: a relative proof was made; `tried`: any was.
nlohmann::ordered_json measure_json(const Measure& measure, const States& states, bool relative);
nlohmann::ordered_json state_json(const States& states, State state);
nlohmann::ordered_json marginals_json(const std::vector<Marginal>& marginals);
nlohmann::ordered_json provenance_json(const nlohmann::ordered_json& gpu, const std::string& command);
nlohmann::ordered_json constants_json(const Model& model);
std::string text_of(const nlohmann::ordered_json& json);
std::string text_of(const std::vector<Marginal>& marginals);
// " n=5 m=2": those set from outside, as a report has them behind the model's name.
std::string constants_of(const Model& model);
// The value as it is printed, and how far the exact one can be from that.
std::string value_of(const Measure& measure, const States& states, bool relative, bool tried);
nlohmann::ordered_json model_json(const std::string& file, const Model& model);
nlohmann::ordered_json structure_json(const Structure& structure);

}  // namespace steady::detail
