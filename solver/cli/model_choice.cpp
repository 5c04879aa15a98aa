#include "solver/cli/model_choice.hpp"

#include <fmt/format.h>

#include <filesystem>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/chain/kind_names.hpp"
#include "formats/model/content_names.hpp"
#include "solver/answer/initial.hpp"
#include "solver/cli/budgets.hpp"
#include "solver/cli/named_option.hpp"
#include "solver/cli/option_text.hpp"

namespace steady::cli {

using namespace detail;
namespace {

// Of the options, which files there are.
ReadOptions files_of(const ModelChoice& choice) {
  ReadOptions options;
  options.from = choice.from;
  options.states = choice.states;
  options.labels = choice.labels;
  options.state_rewards = choice.state_rewards;
  options.transition_rewards = choice.transition_rewards;
  return options;
}

}  // namespace

po::options_description model_options(ModelChoice& choice) {
  po::options_description options("Model", 110, 60);
  const std::string formats = enumerated_formats([](const ModelFormat&) { return true; });
  options.add_options()("from", po::value(&choice.from)->value_name("FORMAT"),
                        ("its format, where the extension does not say it: " + formats).c_str())(
      "const", po::value(&choice.constants)->value_name("n=5,m=2"),
      "constants of a model; solve takes ranges, n=1:5 or n=2:2:10: one solve a value")(
      "kind", po::value<std::string>()->value_name("ctmc|dtmc")->notifier([&choice](const std::string& text) {
        choice.kind = named_option<Kind>(text);
      }),
      "what a matrix file holds; detected otherwise")("initial",
                                                      po::value(&choice.initial)->value_name("STATE|uniform|FILE"),
                                                      "initial distribution; default the model's own, else state 0")(
      "transposed", po::bool_switch(&choice.transposed), "row i of a matrix file holds what flows into state i")(
      "layout", po::value<std::string>()->value_name("edges|matrix")->notifier([&choice](const std::string& text) {
        choice.layout = named_option<TableLayout>(text);
      }),
      "what the lines of a .csv or .tsv file are: transitions or rows; detected otherwise")(
      "rescale", po::bool_switch(&choice.rescale), "rows that sum to 1 within 1e-2 are probabilities, rescaled")(
      "states", po::value(&choice.states)->value_name("FILE.sta"),
      "what the states of a .tra file are; default: the .sta of its name, if there is one")(
      "labels", po::value(&choice.labels)->value_name("FILE.lab"),
      "labels of a .tra file; default: the .lab of its name")(
      "state-rewards", po::value(&choice.state_rewards)->value_name("FILE.srew"),
      "rewards of its states; may be repeated; default: the .srew of its name")(
      "transition-rewards", po::value(&choice.transition_rewards)->value_name("FILE.trew"),
      "rewards of its transitions; may be repeated; default: the .trew of its name")(
      "memory-limit", po::value(&choice.memory_limit)->value_name("GiB"),
      "stop with exit code 3 where more would be taken; default 90 % of the least of the machine's memory, the "
      "control group's limit and ulimit -v");
  return options;
}

std::string enumerated_formats(const std::function<bool(const ModelFormat&)>& which) {
  std::vector<std::string_view> names;
  for (const ModelFormat& format : model_formats())
    if (which(format)) names.push_back(format.name);
  return enumerated(names);
}

void require_apart(const std::vector<std::string>& outputs, const ModelChoice& choice,
                   const std::vector<std::string>& inputs) {
  std::vector<std::string> all = files_read(choice.path, files_of(choice));
  all.insert(all.end(), inputs.begin(), inputs.end());
  if (std::filesystem::exists(choice.initial)) all.push_back(choice.initial);
  detail::require_apart(outputs, all);
}

ReadOptions prepare_reading(const ModelChoice& choice, ProgressLine& progress, const std::function<void()>& look) {
  ReadOptions options = files_of(choice);
  options.constants = joined(choice.constants);
  options.kind = choice.kind;
  options.transposed = choice.transposed;
  options.layout = choice.layout;
  options.rescale = choice.rescale;
  options.progress = [&progress, look](std::string_view line) {
    progress.show(line);
    look();
  };
  options.note = [&progress](std::string_view line) { progress.note(fmt::format("note: {}", line)); };
  options.threads = choice.threads;
  options.derivatives = choice.derivatives;
  options.throughputs = choice.throughputs;
  set_rates(find_rates(choice.rates), options);
  if (choice.memory_limit > 0) options.memory_limit = bytes_in(choice.memory_limit);

  progress.begin(fmt::format("reading {}", choice.path));
  hold_memory(options.memory_limit, choice.threads);
  return options;
}

Model read_model(const ModelChoice& choice, ProgressLine& progress, const std::function<void()>& look) {
  Model model = steady::read_model(choice.path, prepare_reading(choice, progress, look));
  if (!choice.initial.empty()) set_initial(choice.initial, model.chain);
  return model;
}

}  // namespace steady::cli
