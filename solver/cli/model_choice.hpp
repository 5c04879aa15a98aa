// The options by which every command that reads a model chooses it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <steady/model.hpp>

#include "formats/model/model_format.hpp"
#include "solver/answer/rates.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/progress.hpp"

namespace steady::cli {

using namespace detail;

struct ModelChoice {
  std::string path;
  std::string from;
  std::vector<std::string> constants;  // each "n=5,m=2"
  std::optional<Kind> kind;
  bool transposed = false;
  std::optional<TableLayout> layout;
  bool rescale = false;
  std::string states, labels;
  std::vector<std::string> state_rewards, transition_rewards;
  std::string initial;
  RatesChoice rates;
  std::vector<std::string> derivatives = {};  // constants
  bool throughputs = false;
  int threads = 0;          // 0: as many as OpenMP gives
  double memory_limit = 0;  // GiB; 0: what the machine has
};

po::options_description model_options(ModelChoice& choice);

// "tra, mtx or umb": what --from or --to takes, for its help.
std::string enumerated_formats(const std::function<bool(const ModelFormat&)>& which);

// Throws Error where two outputs are one file, or one is a file that is read: the model's, or another input.
void require_apart(const std::vector<std::string>& outputs, const ModelChoice& choice,
                   const std::vector<std::string>& inputs = {});

// What the options say of reading a model; `look` is called now and then, and may throw. Holds the process to the
// memory limit.
ReadOptions prepare_reading(const ModelChoice& choice, ProgressLine& progress, const std::function<void()>& look);

// Reads the chosen model, sets its initial distribution and validates it. `look` is called now and then, and may throw.
Model read_model(
    const ModelChoice& choice, ProgressLine& progress, const std::function<void()>& look = [] {});

}  // namespace steady::cli
