// What may be chosen of a model, its solve and its proof, by the names and texts of the command line: for callers that
// have no options of their own, such as <steady/steady.h>.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/answer.hpp>

#include "solver/answer/answer.hpp"
#include "solver/answer/rates.hpp"

namespace steady::detail {

struct Request {
  ReadOptions read;
  std::string constants;                // as in --const, of the model and the properties
  std::string initial;                  // as in --initial; empty: the model's own
  RatesChoice rates;                    // as in --rates and --rates-within
  double memory_limit = 0;              // GiB; 0: what the machine has
  std::vector<std::string> properties;  // as in --prop
  std::string guess;                    // as in --guess
  AnswerOptions answer;

  // Gives the option of this name its value; what is a list, one more. "true", "false" and "" (true) are those of
  // switches. Throws Error for a name that is none and a value that it does not take.
  void set(std::string_view name, const std::string& value);
};

// Names that Request::set() knows.
struct RequestNames {
  std::vector<std::string_view> of_models;   // what is read, and how
  std::vector<std::string_view> of_solves;   // how it is solved
  std::vector<std::string_view> of_answers;  // what is asked, and how it is proven
};
RequestNames request_names();

// A model as it was requested, with what its reports say of it.
struct RequestedModel {
  Model model;
  std::string name;   // its path, or what it is called
  ProvenRates rates;  // that proofs are of
  double load_seconds = 0;
};

// What make() gives for the options that are chosen; throws Error of the machine where that takes longer than the time
// limit, as ReadOptions::progress has to be asked for.
RequestedModel load(const Request& request, const std::string& name,
                    const std::function<Model(const ReadOptions&)>& make);

// answer(), of what is asked; `command`: what the user typed; `spent`: seconds of the time limit that are gone; `grid`:
// null where it is no part of one.
Answer answer_request(const RequestedModel& model, const Request& request, const AnswerObserver& observer,
                      const std::string& command, double spent = 0, const GridPlace* grid = nullptr);

}  // namespace steady::detail
