// What `steady solve` is told on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <steady/options.hpp>

#include "solver/answer/answer.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/proof_options.hpp"

namespace steady::cli {

using namespace detail;

struct SolveArguments {
  ModelChoice model;
  Options options;
  std::string engine = "own";
  std::vector<std::string> properties;
  std::string properties_file;
  std::vector<std::string> property_names;
  std::optional<double> truncate;  // the tolerance
  std::string drift;
  std::string guess, checkpoint, resume;
  std::string output, json, history, plot;
  bool marginals = false, from_steady = false;
  std::size_t top = 0;
  bool quiet = false, verbose = false;
  ProofChoice proof;
};

po::options_description options_of(SolveArguments& arguments);

// Parses and checks them, as far as that goes before the model is read. Throws Error and po::error.
SolveArguments parse_solve_arguments(const std::vector<std::string>& words);

// The properties that they ask for. Throws Error where the file of properties cannot be read.
std::vector<PropertyText> property_texts(const SolveArguments& arguments);

}  // namespace steady::cli
