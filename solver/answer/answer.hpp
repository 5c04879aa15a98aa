// From a model and questions to an answer: in which order it is solved, proven and evaluated.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <steady/answer.hpp>

#include "solver/answer/result.hpp"
#include "solver/certify/nearby_answers.hpp"

namespace steady::detail {

// What a result is of, before it is solved.
Result result_for(const Model& model, const AnswerOptions& options, const Origin& origin);

// Solves the chain by `solve`, for every starting state where a query asks for several, proves what is asked to be
// proven, and answers the queries.
void find_answer(const std::vector<Query>& queries, const AnswerOptions& options, const AnswerObserver& observer,
                 const std::function<Solution(const Options&, Starts)>& solve, Result& result);

// answer() of one model of a grid: begins with the answers beside it, the solve unless there is a guess, and joins
// them.
Answer answer_in_grid(const Model& model, const std::vector<Query>& queries, const AnswerOptions& options,
                      const AnswerObserver& observer, const InitialGuess& guess, const Origin& origin,
                      const GridPlace& grid);

// Has a report show the distribution by itself: for a model with neither reward nor label, of which nothing is asked.
void show_distribution(AnswerOptions& options);

// Properties, as texts.
struct PropertyText {
  std::string name;  // what messages call it: a file, or "--prop"; empty: the model file's own, which are not known yet
  std::string text;
  std::vector<std::string> pick = {};  // the names of those that are wanted; empty: all
  bool single = false;                 // it is to ask something
};

// Their queries; without any text every reward and label, and the file's own properties that are none of these. Adds to
// `notes`. Throws Error as read_properties(), and where a single one asks nothing that is answered.
std::vector<Query> find_queries(const std::string& constants, const std::vector<PropertyText>& texts,
                                const Model& model, std::vector<std::string>& notes);

// Of "n=5,m=2" what is left for the model when the properties have theirs.
std::string model_constants(const std::string& constants, const std::vector<PropertyText>& texts);

}  // namespace steady::detail
