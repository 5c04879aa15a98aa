#include "solver/cli/solve_all.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/io/file.hpp"
#include "solver/cli/interrupt.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/picture_file.hpp"
#include "solver/cli/plot.hpp"

namespace steady::cli {
namespace {

// The answers of several solves: a table, and one JSON array.
class Answers {
 public:
  explicit Answers(const SolveArguments& arguments, std::vector<std::string> names)
      : arguments_(arguments), table_(names), plot_(std::move(names)) {}

  void add(const Experiment& experiment, const Result& result) {
    table_.add(experiment, result);
    plot_.add(experiment, result);
    if (!arguments_.json.empty()) add_json(json_report(result));
  }
  void add_unsolved(const Experiment& experiment, const std::string& why, double seconds) {
    say(fmt::format("with {}: not solved: {}\n", experiment.settings, why));
    if (!arguments_.json.empty())
      add_json(json_report_of_unsolved(arguments_.model.path, command_line, experiment.settings, why, seconds));
  }
  // Returns the exit code.
  int write(int exit_code) const {
    Outputs outputs;
    if (!arguments_.json.empty()) outputs.attempt([&] { replace_file(arguments_.json, json_ + "]\n"); });
    if (!arguments_.plot.empty())
      outputs.attempt([&] { replace_picture(arguments_.plot, plot_.svg(arguments_.model.path)); });
    if (arguments_.json != "-" && arguments_.plot != "-") outputs.attempt([&] { replace_file("-", table_.text()); });
    return outputs.exit_code(exit_code);
  }

 private:
  void add_json(const std::string& report) { json_ += (json_.empty() ? "[\n" : ",\n") + report; }

  const SolveArguments& arguments_;
  ExperimentTable table_;
  ExperimentPlot plot_;
  std::string json_;
};

}  // namespace

int solve_all(const SolveArguments& arguments, const Experiments& experiments, const std::vector<PropertyText>& texts,
              ProgressLine& progress) {
  for (const auto& [option, path] : {std::pair("output", arguments.output),
                                     {"history", arguments.history},
                                     {"guess", arguments.guess},
                                     {"checkpoint", arguments.checkpoint},
                                     {"resume", arguments.resume}})
    if (!path.empty())
      throw Error(fmt::format("--{} is for one solve, and --const asks for {}", option, experiments.list.size()));
  const InterruptGuard guard;
  Answers answers(arguments, experiments.names);
  int worst = 0;
  std::string bad_first;  // what is wrong with the first experiment's input
  NearbyAnswers neighbours;
  for (const Experiment& experiment : experiments.list) {
    const Stopwatch watch;
    const GridPlace grid{experiment.place(), neighbours};
    const auto unsolved = [&](const std::string& why, int exit_code) {
      progress.clear();
      answers.add_unsolved(experiment, why, watch.seconds());
      worst = std::max(worst, exit_code);
    };
    try {
      worst = std::max(worst, solve_once(
                                  arguments, experiment.settings, texts, progress,
                                  [&](const Result& result, const auto&, int exit_code) {
                                    answers.add(experiment, result);
                                    return exit_code;
                                  },
                                  [&](const std::string& why) {
                                    unsolved(why, 1);
                                    return answers.write(worst);
                                  },
                                  &grid));
    } catch (const Unsolved& problem) {
      unsolved(problem.what(), 1);
    } catch (const std::bad_alloc&) {
      unsolved(out_of_memory(), 3);
    } catch (const Error& error) {
      const bool of_machine = error.cause == Error::Cause::machine;
      if (!of_machine && (experiments.list.size() == 1 || bad_first == error.what()))  // whatever the values
        throw Error(fmt::format("with {}: {}", experiment.settings, error.what()), error.cause);
      if (!of_machine && &experiment == &experiments.list.front()) bad_first = error.what();
      unsolved(error.what(), of_machine ? 3 : 2);
    }
    if (interrupt_requested) break;
  }
  return answers.write(worst);
}

}  // namespace steady::cli
