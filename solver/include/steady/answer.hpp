/// @file
/// A whole answer, as the program gives it: the chain is solved, a bound on the error is proven, the queries are
/// answered with what is proven of them, and a report says it all.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/certify.hpp>
#include <steady/measures.hpp>
#include <steady/model.hpp>
#include <steady/options.hpp>
#include <steady/solve.hpp>
#include <steady/truncate.hpp>

namespace steady {

namespace detail {
struct Result;
}

/// What is to be proven, and what that may cost.
struct ProofOptions {
  bool certify = false;            ///< whatever it costs; else about twice the solve
  bool no_certify = false;         ///< nothing
  std::optional<double> error;     ///< total variation that has to be proven; the answer is improved until it is
  std::optional<double> relative;  ///< relative error of every measure that has to be proven
  Accuracy accuracy = Accuracy::automatic;  ///< what errors are small beside

  /// Whether the work that a proof takes is not limited by that of the solve.
  bool asked() const { return certify || error || relative; }
};

/// Which rates a proof is of; the model was read with the same.
struct ProvenRates {
  bool interval = false;                      ///< all that the model's decimals may stand for: ReadOptions::rate_errors
  double within = 0;                          ///< ReadOptions::rates_within
  std::vector<ConstantError> constants = {};  ///< ReadOptions::constants_within

  /// Whether they are more than what the model says.
  bool uncertain() const { return within > 0 || !constants.empty(); }
};

/// How answer() goes about it, and what its report shows.
struct AnswerOptions {
  Options solver = {};       ///< of solve(); check_aggregates is set as the proof needs it
  ProofOptions proof = {};   ///< what is proven
  ProvenRates rates = {};    ///< of which rates
  bool marginals = false;    ///< the report shows the distribution of every variable
  std::size_t top = 0;       ///< ... and so many of the most likely states
  bool from_steady = false;  ///< queries with a target and no filter start from the long run, not the initial states
};

/// Who watches an answer come about.
struct AnswerObserver {
  Observer solver = {};                                        ///< of solve() and the proofs
  std::function<void(std::string_view)> begins = [](auto) {};  ///< with what is done from now on
  std::function<void(std::string_view)> note = [](auto) {};    ///< with what a user should know
};

/// Where a model came from, for the report.
struct Origin {
  std::string file = "";                ///< its path, or what it is called
  std::string command = "";             ///< what the user typed
  double load_seconds = 0;              ///< that reading took
  std::vector<std::string> notes = {};  ///< what a user should know beside the model\'s notes
};

/// What answer() found. A copy shares it.
class Answer {
 public:
  /// What answer() makes.
  explicit Answer(std::shared_ptr<const detail::Result> result) : result_(std::move(result)) {}

  /// The distribution, with how it was found.
  const Solution& solution() const;
  /// The answers, one a query, with what is proven of them.
  const std::vector<Measure>& measures() const;
  /// Proven: no set of states has a probability further than this from the exact one; infinite where nothing is.
  double total_variation() const;
  /// Why nothing, or not what was wanted, is proven; empty where that is no question.
  std::string reason() const;
  /// "solved", "not converged", "not known" or "not proven", as the report has it.
  std::string_view status() const;
  /// Whether the program would say so with exit code 0.
  bool reliable() const;
  /// The report for a person, in lines.
  std::string text() const;
  /// The report for a program, in JSON: docs/result.schema.json describes every key.
  std::string json() const;

 private:
  std::shared_ptr<const detail::Result> result_;
};

/// Solves the model's chain, from every state where a query has a filter, proves what is to be proven, and answers the
/// queries. The model must outlive the answer. `from` as of solve(). Throws Error as solve(), and for options that
/// stand against each other and a chain that is truncated; what does not converge or is not proven is in the Answer.
Answer answer(const Model& model, const std::vector<Query>& queries, const AnswerOptions& options = {},
              const AnswerObserver& observer = {}, const InitialGuess& from = {}, const Origin& origin = {});

/// Answers the queries from the solution of a truncated model, with what Truncation::total_variation proves of the
/// whole chain: of probabilities; what rewards earn in states that were left out has no bound. Of a complete one as
/// answer() of its model. The model must outlive the answer. Throws Error as answer() of a model, and for a query with
/// a target, a filter or a quotient.
Answer answer(const TruncatedModel& truncated, const std::vector<Query>& queries, const AnswerOptions& options = {},
              const AnswerObserver& observer = {}, const Origin& origin = {});

/// Of several texts of properties, one after the other: their queries, as read_properties() makes them; without any
/// text default_queries(). `constants`: those of properties, as in --const. Adds to `notes`. Throws Error as these, and
/// where a text asks nothing that is answered. The model must outlive the queries.
std::vector<Query> make_queries(const Model& model, const std::vector<std::string>& properties,
                                std::vector<std::string>& notes, const std::string& constants = "");

}  // namespace steady
