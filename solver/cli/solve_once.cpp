#include "solver/cli/solve_once.hpp"

#include <fmt/format.h>

#include <atomic>
#include <iterator>

#include <steady/certify.hpp>
#include <steady/checkpoint.hpp>
#include <steady/error.hpp>
#include <steady/solution_file.hpp>
#include <steady/truncate.hpp>

#include "formats/base/stopwatch.hpp"
#include "solver/cli/budgets.hpp"
#include "solver/cli/interrupt.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/methods/monitor.hpp"

namespace steady::cli {
namespace {

// What is being iterated.
std::string_view method_of(const IterationInfo& info) {
  return info.config ? name(info.config->method) : "transient states";
}

// A model as it was read, or truncated.
struct Input {
  Model model;
  std::optional<Truncation> truncation;
  Solution solution;  // of a truncated model
};

// Where to start: from a truncation that found all states, neighbours, a guess, a checkpoint or nothing.
InitialGuess beginning(const SolveArguments& arguments, const Input& input, const GridPlace* grid) {
  const Chain& chain = input.model.chain;
  if (input.truncation) return {input.solution.distribution, {}, {}};
  if (grid != nullptr) return grid->neighbours.guess(grid->place, chain);
  if (!arguments.guess.empty()) return {read_solution(arguments.guess, chain), {}, {}};
  if (!arguments.resume.empty()) return read_checkpoint(arguments.resume, chain);
  return {};
}

// solve(), which leaves a checkpoint where one is asked for. A full disk is no reason to give up on a long solve.
Solution solve_with_checkpoints(const SolveArguments& arguments, const Options& options, const Input& input,
                                const Observer& observer, Starts starts, const GridPlace* grid, ProgressLine& progress,
                                Outputs& last_checkpoint) {
  const Chain& chain = input.model.chain;
  const InitialGuess from = beginning(arguments, input, grid);
  if (arguments.checkpoint.empty()) return solve(chain, options, observer, starts, from, Checked::yes);
  CheckpointWriter checkpoint(arguments.checkpoint, chain);
  const auto on_iteration = [&](const IterationInfo& info) {
    observer.on_iteration(info);
    try {
      checkpoint.on_iteration(info);
    } catch (const Error& error) {
      progress.note(fmt::format("no checkpoint: {}", error.what()));
    }
  };
  Solution solution = solve(chain, options, {on_iteration, observer.interrupted}, starts, from, Checked::yes);
  progress.clear();
  last_checkpoint.attempt([&] {
    checkpoint.finish(starts == Starts::every ? solution.conditional : solution.distribution, solution.residual);
  });
  return solution;
}

// Why it did not converge.
std::string_view reason(const Solution& solution) {
  if (!solved(solution.transient.outcome.stop)) return describe(solution.transient.outcome.stop);
  for (const Attempt& attempt : solution.tried)
    if (attempt.chains > 1 && !solved(attempt.outcome.stop)) return describe(attempt.outcome.stop);
  if (solution.tried.empty()) return describe(Stop::stagnated);
  const Stop last = solution.tried.back().outcome.stop;
  return solved(last) ? "cut before the answer was checked" : describe(last);
}

constexpr std::string_view while_reading = "while the model was read";

Input read_in_time(const SolveArguments& arguments, const Stopwatch& watch, const Observer& observer,
                   ProgressLine& progress) {
  const double limit = arguments.options.time_limit;
  if (arguments.truncate) {
    const InterruptGuard guard;
    const ReadOptions reading = prepare_reading(arguments.model, progress, [] {});
    TruncatedModel truncated =
        truncate(arguments.model.path, {*arguments.truncate, arguments.drift, !arguments.proof.proof.no_certify},
                 reading, arguments.options, observer);
    return {std::move(truncated.model), std::move(truncated.truncation), std::move(truncated.solution)};
  }
  return {read_model(arguments.model, progress,
                     [&] {
                       if (interrupt_requested) throw Unsolved(fmt::format("interrupted {}", while_reading));
                       if (limit > 0 && watch.seconds() >= limit)
                         throw Unsolved(fmt::format("the time limit was reached {}", while_reading));
                     }),
          {},
          {}};
}

// Says what was not reached; returns the exit code.
int judge(const Result& result, ProgressLine& progress) {
  const Solution& solution = result.solution;
  if (!solved(result.measures_stop))
    progress.note(
        fmt::format("not converged ({}): what the measures need beside the long run", describe(result.measures_stop)));
  if (solution.slow_modes && result.long_run_wanted)
    progress.note("not known: nothing is proven, and the chain has slow modes that no residual sees");
  else if (!solution.converged && result.long_run_wanted)
    progress.note(fmt::format("not converged ({}): the residual is {:.2g}", reason(solution), solution.residual));
  if (result.truncation && !result.truncation->reached)
    progress.note(fmt::format("not truncated to {}: {}", result.truncation->tolerance, result.truncation->reason));
  if (!result.error_reached()) progress.note(fmt::format("not proven to {}", *result.error_asked));
  if (!result.relative_reached())
    progress.note(fmt::format("not every measure is proven to {} of itself", *result.relative_asked));
  return result.reliable() ? 0 : 1;
}

// Says what is done and measured, and keeps the latter where it is asked for.
AnswerObserver observer_for(const SolveArguments& arguments, ProgressLine& progress, HardTimeLimit& hard_limit,
                            History& history) {
  AnswerObserver observer;
  observer.begins = [&](std::string_view work) { progress.begin(work); };
  observer.note = [&](std::string_view line) { progress.note(line); };
  const bool keep = !arguments.history.empty() || !arguments.plot.empty();
  observer.solver.on_iteration = [&, keep](const IterationInfo& s) {
    hard_limit.dismiss();  // from now on there is something to keep, and the methods look at the clock
    const std::string line = fmt::format("{}: iteration {}, {} passes, residual {:.3g}, {:.1f} s", method_of(s),
                                         s.iterations, s.passes, s.residual, s.seconds);
    progress.verbose() ? progress.note(line) : progress.show(line);
    if (keep) history.push_back({s.iterations, s.seconds, s.residual, method_of(s)});
  };
  observer.solver.interrupted = [] { return interrupt_requested.load(); };
  return observer;
}

}  // namespace

int solve_once(SolveArguments arguments, const std::string& settings, const std::vector<PropertyText>& texts,
               ProgressLine& progress, const Finish& finish, const GiveUp& give_up, const GridPlace* grid) {
  const Stopwatch watch;
  arguments.model.threads = arguments.options.threads;
  arguments.options.memory_limit = arguments.model.memory_limit;
  arguments.model.constants = {model_constants(settings, texts)};

  const double limit = arguments.options.time_limit;
  std::atomic<const char*> phase = while_reading.data();
  HardTimeLimit hard_limit(limit, [&] { return give_up(fmt::format("the time limit was reached {}", phase.load())); });
  History history;
  const AnswerObserver observer = observer_for(arguments, progress, hard_limit, history);
  Input input = read_in_time(arguments, watch, observer.solver, progress);
  Model& model = input.model;
  phase = "while the solve was prepared";
  arguments.options.time_limit = time_left(limit, watch.seconds());
  const std::vector<Query> queries = find_queries(settings, texts, model, model.notes);
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  const ProvenRates rates = find_rates(arguments.model.rates);
  AnswerOptions options{
      arguments.options,    find_proof(arguments.proof, rates), rates, arguments.marginals, arguments.top,
      arguments.from_steady};
  if (queries.empty() && texts.empty()) show_distribution(options);
  Result result = result_for(model, options, {arguments.model.path, command_line, watch.seconds(), {}});

  result.long_run_wanted = !arguments.output.empty();
  result.truncation = input.truncation;
  if (input.truncation) grid = nullptr;  // each has states of its own
  if (grid != nullptr) result.similar = grid->neighbours.similar(model.chain);
  Outputs last_checkpoint;
  {
    const InterruptGuard guard;
    const auto solve = [&](const Options& solver, Starts starts) {
      Solution solution = model.chain.truncated ? std::move(input.solution)
                                                : solve_with_checkpoints(arguments, solver, input, observer.solver,
                                                                         starts, grid, progress, last_checkpoint);
      hard_limit.dismiss();
      return solution;
    };
    find_answer(queries, options, observer, solve, result);
  }
  if (grid != nullptr && result.solution.converged)
    grid->neighbours.add(grid->place, model.chain, result.solution, result.certificate);
  result.similar = nullptr;  // it is another answer's now
  result.total_seconds = watch.seconds();
  progress.clear();
  const int exit_code = judge(result, progress);
  return last_checkpoint.exit_code(finish(result, history, exit_code));
}

}  // namespace steady::cli
