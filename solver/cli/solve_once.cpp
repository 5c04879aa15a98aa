#include "solver/cli/solve_once.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iterator>

#include <steady/certify.hpp>
#include <steady/checkpoint.hpp>
#include <steady/error.hpp>
#include <steady/properties.hpp>
#include <steady/solution_file.hpp>
#include <steady/starting_states.hpp>
#include <steady/truncate.hpp>

#include "formats/base/larger.hpp"
#include "formats/base/stopwatch.hpp"
#include "solver/cli/budgets.hpp"
#include "solver/cli/interrupt.hpp"
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
  std::vector<double> distribution;  // of the states of a truncated model; empty: not known
};

// Where to start: from a truncation's distribution, a guess, a checkpoint or nothing.
InitialGuess beginning(const SolveArguments& arguments, const Input& input) {
  const Chain& chain = input.model.chain;
  if (input.truncation) return {input.distribution, {}, {}};
  if (!arguments.guess.empty()) return {read_solution(arguments.guess, chain), {}, {}};
  if (!arguments.resume.empty()) return read_checkpoint(arguments.resume, chain);
  return {};
}

// solve(), which leaves a checkpoint where one is asked for. A full disk is no reason to give up on a long solve.
Solution solve_with_checkpoints(const SolveArguments& arguments, const Input& input, const Observer& observer,
                                Starts starts, ProgressLine& progress) {
  const Chain& chain = input.model.chain;
  const InitialGuess from = beginning(arguments, input);
  if (arguments.checkpoint.empty()) return solve(chain, arguments.options, observer, starts, from, Checked::yes);
  CheckpointWriter checkpoint(arguments.checkpoint, chain);
  const auto attempt = [&](const auto& save) {
    try {
      save();
    } catch (const Error& error) {
      progress.note(fmt::format("no checkpoint: {}", error.what()));
    }
  };
  const auto on_iteration = [&](const IterationInfo& info) {
    observer.on_iteration(info);
    attempt([&] { checkpoint.on_iteration(info); });
  };
  Solution solution = solve(chain, arguments.options, {on_iteration, observer.interrupted}, starts, from, Checked::yes);
  attempt([&] {
    checkpoint.finish(starts == Starts::every ? solution.conditional : solution.distribution, solution.residual);
  });
  return solution;
}

// Comparisons are not answered by an iterate that has not converged, unless a proof has decided them.
void leave_open(Result& result) {
  if (result.solution.converged || result.proven()) return;
  for (Measure& measure : result.measures) {
    measure.undecided = measure.undecided || measure.holds;
    measure.holds.reset();
  }
}

// Solves the chain, for every starting state where a query asks for several, proves what is asked to be proven, and
// answers the queries.
void answer(const std::vector<Query>& queries, const SolveArguments& arguments, const Input& input,
            const Observer& observer, ProgressLine& progress, Result& result, HardTimeLimit& hard_limit) {
  const Chain& chain = input.model.chain;
  const Options& options = arguments.options;
  const bool every = std::any_of(queries.begin(), queries.end(), [](const Query& q) { return q.filter.has_value(); });
  progress.begin("solving");
  Solution& solution = result.solution =
      solve_with_checkpoints(arguments, input, observer, every ? Starts::every : Starts::initial, progress);
  hard_limit.dismiss();
  if (!input.truncation || input.truncation->complete)
    prove(arguments.proof, options, queries, observer, progress, result);
  if (result.truncation_proven()) {  // of the distribution that it was made of
    solution.distribution = input.distribution;
    measure_residual(chain, solution);
  }
  progress.begin("evaluating the measures");
  for (const Query& query : queries)
    if (!query.filter) result.measures.push_back(answer(query, result));
  if (!every) return leave_open(result);
  StartingStates starts(chain, solution, options, observer, Checked::yes);
  const Averages averages = [&](const Query& query) { return starts.averages(query.value); };
  for (std::size_t k = 0; k < queries.size(); ++k)
    if (queries[k].filter) {
      const auto place = result.measures.begin() + static_cast<std::ptrdiff_t>(k);
      result.measures.insert(place, answer(queries[k], averages, result));
    }
  solution.residual = larger(solution.residual, starts.absorption().outcome.residual);
  solution.converged = solution.converged && solved(starts.absorption().outcome.stop);
  solution.seconds.solve += starts.absorption().seconds;
  leave_open(result);
}

// Why it did not converge.
std::string_view reason(const Solution& solution) {
  if (!solved(solution.transient.outcome.stop)) return describe(solution.transient.outcome.stop);
  for (const Attempt& attempt : solution.tried)
    if (&attempt == &solution.tried.back() || (attempt.chains > 1 && !solved(attempt.outcome.stop)))
      return describe(attempt.outcome.stop);
  return describe(Stop::stagnated);
}

constexpr std::string_view while_reading = "while the model was read";

Input read_in_time(const SolveArguments& arguments, const Stopwatch& watch, const Observer& observer,
                   ProgressLine& progress) {
  const double limit = arguments.options.time_limit;
  if (arguments.truncate) {
    const InterruptGuard guard;
    const ReadOptions reading = prepare_reading(arguments.model, progress, [] {});
    TruncatedModel truncated =
        truncate(arguments.model.path, {*arguments.truncate, arguments.drift}, reading, arguments.options, observer);
    return {std::move(truncated.model), std::move(truncated.truncation), std::move(truncated.distribution)};
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

std::vector<Query> find_queries(const std::string& settings, const std::vector<PropertyText>& texts, Model& model) {
  if (texts.empty()) return default_queries(model.chain, Checked::yes);
  std::vector<Query> queries;
  for (const PropertyText& text : texts) {
    std::vector<Query> asked =
        read_properties(text.text, text.name, *model.vocabulary, model.chain, {settings, text.pick}, model.notes);
    if (asked.empty() && text.name == "--prop")
      throw Error(fmt::format("--prop '{}': not a question about the long run that is answered here", text.text));
    std::move(asked.begin(), asked.end(), std::back_inserter(queries));
  }
  return queries;
}

// Says what was not reached; returns the exit code.
int judge(const Result& result, ProgressLine& progress) {
  const Solution& solution = result.solution;
  if (solution.slow_modes)
    progress.note("not known: nothing is proven, and the chain has slow modes that no residual sees");
  else if (!solution.converged)
    progress.note(fmt::format("not converged ({}): the residual is {:.2g}", reason(solution), solution.residual));
  if (result.truncation && !result.truncation->reached)
    progress.note(fmt::format("not truncated to {}: {}", result.truncation->tolerance, result.truncation->reason));
  if (!result.error_reached()) progress.note(fmt::format("not proven to {}", *result.error_asked));
  if (!result.relative_reached())
    progress.note(fmt::format("not every measure is proven to {} of itself", *result.relative_asked));
  return result.reliable() ? 0 : 1;
}

}  // namespace

int solve_once(SolveArguments arguments, const std::string& settings, const std::vector<PropertyText>& texts,
               ProgressLine& progress, const Finish& finish, const GiveUp& give_up) {
  const Stopwatch watch;
  arguments.model.constants = {settings};
  arguments.model.threads = arguments.options.threads;
  arguments.options.memory_limit = arguments.model.memory_limit;
  for (const PropertyText& text : texts)  // what remains is the model's
    arguments.model.constants = {split_settings(joined(arguments.model.constants), text.text, text.name).model};

  const double limit = arguments.options.time_limit;
  std::atomic<const char*> phase = while_reading.data();
  HardTimeLimit hard_limit(limit, [&] { return give_up(fmt::format("the time limit was reached {}", phase.load())); });
  std::string history = "iteration,seconds,residual,method\n";
  Observer observer;
  observer.on_iteration = [&](const IterationInfo& s) {
    hard_limit.dismiss();  // from now on there is something to keep, and the methods look at the clock
    const std::string line = fmt::format("{}: iteration {}, {} passes, residual {:.3g}, {:.1f} s", method_of(s),
                                         s.iterations, s.passes, s.residual, s.seconds);
    progress.verbose() ? progress.note(line) : progress.show(line);
    if (!arguments.history.empty())
      fmt::format_to(std::back_inserter(history), "{},{:.6f},{:.6g},{}\n", s.iterations, s.seconds, s.residual,
                     method_of(s));
  };
  observer.interrupted = [] { return interrupt_requested.load(); };
  Input input = read_in_time(arguments, watch, observer, progress);
  Model& model = input.model;
  phase = "while the solve was prepared";
  arguments.options.time_limit = time_left(limit, watch.seconds());
  const std::vector<Query> queries = find_queries(settings, texts, model);
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  Result result{arguments.model.path, model, {}, {}, arguments.marginals, arguments.top, watch.seconds(), 0};
  result.error_asked = arguments.proof.error;
  result.relative_asked = arguments.proof.relative;
  result.rates = find_rates(arguments.model.rates);
  result.truncation = input.truncation;
  {
    const InterruptGuard guard;
    answer(queries, arguments, input, observer, progress, result, hard_limit);
  }
  if (queries.empty() && texts.empty()) {  // a model with neither reward nor label
    result.marginals = true;
    if (result.top == 0) result.top = 10;
  }
  result.total_seconds = watch.seconds();
  progress.clear();
  const int exit_code = judge(result, progress);
  return finish(result, history, exit_code);
}

}  // namespace steady::cli
