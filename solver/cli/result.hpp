// Everything that a solve found out, and the two ways to say it.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "formats/model/model.hpp"
#include "formats/with_commas.hpp"
#include "solver/certify/solved.hpp"
#include "solver/cli/figure.hpp"
#include "solver/cli/rates.hpp"
#include "solver/measures.hpp"
#include "solver/solve.hpp"

namespace steady::cli {

struct Result {
  std::string file;
  const Model& model;
  Solution solution;
  std::vector<Measure> measures;
  bool marginals = false;  // to be shown
  std::size_t top = 0;     // most likely states to be shown
  double load_seconds = 0;
  double total_seconds = 0;
  std::optional<Certificate> certificate = {};  // none where no proof was asked for
  std::optional<double> error_asked = {};       // by --error
  Rates rates = {};                             // that the proof is of
  std::string proof_cut = {};                   // "proof cut by ...", where a budget ended it

  bool proven_as_asked() const { return !error_asked || is_reliable(solution, certificate, error_asked); }
};

// A variable's long-run distribution.
struct Marginal {
  std::string variable;
  Figure mean;
  std::map<std::int64_t, Figure> probability;  // of each value that it takes
};
std::vector<Marginal> marginals(const Result& result);

// The probability of a set of states in which the result's distribution has this sum.
Figure probability_in(const Result& result, const Interval& sum);

// The probability of ending in this component.
Figure probability_of(const Result& result, const BottomComponent& part);

// The `count` most likely states, the likeliest first; equal ones by number.
std::vector<State> most_likely(const std::vector<double>& distribution, std::size_t count);

// What a report calls each measure: by its name, with the kind behind it where others have the same.
std::vector<std::string> names_of(const std::vector<Measure>& measures);

std::string text_report(const Result& result);
std::string json_report(const Result& result);
// Of a model for which there is no iterate, and why.
std::string json_report_of_unsolved(const std::string& file, const std::string& settings, const std::string& why,
                                    double seconds);

// Parts that `steady info` shares.
nlohmann::ordered_json model_json(const std::string& file, const Model& model);
nlohmann::ordered_json structure_json(const Structure& structure);

}  // namespace steady::cli
