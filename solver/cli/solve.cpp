// steady solve: model file in, measures out.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <new>

#include <steady/error.hpp>
#include <steady/solution_file.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/io/file.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/picture_file.hpp"
#include "solver/cli/plot.hpp"
#include "solver/cli/solve_all.hpp"

namespace steady::cli {

using namespace detail;
namespace {

po::options_description solve_options() {
  SolveArguments arguments;
  return options_of(arguments);
}

// Writes what was asked for, the file of the distribution first. Returns the exit code.
int write_results(const SolveArguments& arguments, const Result& result, const History& history, int exit_code,
                  ProgressLine& progress) {
  const Solution& solution = result.solution;
  Outputs outputs;
  if (!arguments.output.empty()) {
    if (arguments.output != "-") progress.begin(fmt::format("writing {}", arguments.output));
    outputs.attempt([&] {
      write_solution(arguments.output, result.model.chain, solution.distribution,
                     {solution.converged, solution.residual});
    });
    progress.clear();
  }
  if (!arguments.history.empty()) outputs.attempt([&] { replace_file(arguments.history, as_csv(history)); });
  if (!arguments.plot.empty())
    outputs.attempt([&] { replace_picture(arguments.plot, plot_of_solve(result, history)); });
  if (!arguments.json.empty()) outputs.attempt([&] { replace_file(arguments.json, json_report(result)); });
  const std::string* const places[] = {&arguments.json, &arguments.output, &arguments.history, &arguments.plot};
  if (std::none_of(std::begin(places), std::end(places), [](const std::string* place) { return *place == "-"; }))
    outputs.attempt([&] { replace_file("-", text_report(result)); });
  return outputs.exit_code(exit_code);
}

int solve_one(const SolveArguments& arguments, const std::string& settings, const std::vector<PropertyText>& texts,
              ProgressLine& progress) {
  const Stopwatch watch;
  const auto write_unsolved = [&](const std::string& why, int exit_code) {
    if (arguments.json.empty()) return exit_code;
    Outputs outputs;
    outputs.attempt([&] {
      replace_file(arguments.json,
                   json_report_of_unsolved(arguments.model.path, command_line, settings, why, watch.seconds()));
    });
    return outputs.exit_code(exit_code);
  };
  const auto give_up = [&](const std::string& why) {
    say(fmt::format("not solved: {}\n", why));
    return write_unsolved(why, 1);
  };
  try {
    return solve_once(
        arguments, settings, texts, progress,
        [&](const Result& result, const History& history, int exit_code) {
          return write_results(arguments, result, history, exit_code, progress);
        },
        give_up);
  } catch (const Unsolved& problem) {
    return give_up(problem.what());
  } catch (const std::bad_alloc&) {
    write_unsolved(out_of_memory(), 3);
    throw;
  } catch (const Error& error) {
    if (error.cause == Error::Cause::machine) write_unsolved(error.what(), 3);
    throw;
  }
}

int run_solve(const std::vector<std::string>& words) {
  const SolveArguments arguments = parse_solve_arguments(words);
  ProgressLine progress(arguments.quiet     ? ProgressLine::Volume::quiet
                        : arguments.verbose ? ProgressLine::Volume::verbose
                                            : ProgressLine::Volume::normal);
  const std::vector<PropertyText> texts = property_texts(arguments);
  const Experiments experiments = find_experiments(joined(arguments.model.constants));
  if (!experiments.names.empty()) return solve_all(arguments, experiments, texts, progress);
  return solve_one(arguments, experiments.list.front().settings, texts, progress);
}

}  // namespace

const Command solve_command{"solve", "MODEL [PROPERTIES] [options]", "steady state and measures of a model",
                            solve_options, run_solve};

}  // namespace steady::cli
