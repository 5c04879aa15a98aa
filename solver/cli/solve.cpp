// steady solve: model file in, measures out.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <type_traits>

#include <steady/certify.hpp>
#include <steady/checkpoint.hpp>
#include <steady/error.hpp>
#include <steady/properties.hpp>
#include <steady/solution_file.hpp>
#include <steady/starting_states.hpp>

#include "formats/base/larger.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/io/file.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/experiments.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/option_text.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/proofs.hpp"
#include "solver/cli/result.hpp"
#include "solver/cli/solve_options.hpp"
#include "solver/methods/monitor.hpp"

namespace steady::cli {

using namespace detail;
namespace {

struct SolveArguments {
  ModelChoice model;
  Options options;
  std::vector<std::string> properties;
  std::string properties_file;
  std::vector<std::string> property_names;
  std::string guess, checkpoint, resume;
  std::string output, json, history;
  bool marginals = false;
  std::size_t top = 0;
  bool quiet = false, verbose = false;
  ProofChoice proof;
};

template <class Value>
po::option_description* described(const char* name, Value& field, const char* value_name, const std::string& help) {
  auto* semantic = po::value(&field)->default_value(field, fmt::format("{}", field))->value_name(value_name);
  return new po::option_description(name, semantic, help.c_str());
}

template <class Value>
po::option_description* described(const char* name, std::optional<Value>& field, const char* value_name,
                                  const std::string& help) {
  auto* semantic = po::value<Value>()->value_name(value_name)->notifier([&field](Value value) { field = value; });
  return new po::option_description(name, semantic, help.c_str());
}

template <class Value>
concept Enumeration = std::is_enum_v<Value>;

template <Enumeration Value>
po::option_description* described(const char* name, Value& field, const char* value_name, const std::string& help) {
  auto* semantic = po::value<std::string>()->default_value(std::string(name_of(field)))->value_name(value_name);
  semantic->notifier([&field](const std::string& text) { field = named<Value>(text); });
  return new po::option_description(name, semantic, help.c_str());
}

po::options_description options_of(SolveArguments& arguments) {
  po::options_description all("Options", 110, 60);
  all.add(model_options(arguments.model));

  po::options_description questions("Questions", 110, 60);
  questions.add_options()("prop", po::value(&arguments.properties)->value_name("PROPERTY"),
                          "such as 'S=? [ x>0 ]'; may be repeated; "
                          "given any, only those are reported, else every reward and label")(
      "property", po::value(&arguments.property_names)->value_name("NAME"), "picks one of a PROPERTIES file")(
      "marginals", po::bool_switch(&arguments.marginals), "distribution and mean of every variable")(
      "top", po::value(&arguments.top)->value_name("N"), "the N most likely states");
  all.add(questions);

  po::options_description solver("Solver", 110, 60);
  for_each_option(arguments.options,
                  [&](const char* name, auto& field, const char* value_name, const std::string& help) {
                    solver.add(boost::shared_ptr<po::option_description>(described(name, field, value_name, help)));
                  });
  all.add(solver);

  po::options_description start("Where it starts and stops", 110, 60);
  start.add_options()("guess", po::value(&arguments.guess)->value_name("FILE"),
                      "start from an earlier solution, in a format of --output")(
      "checkpoint", po::value(&arguments.checkpoint)->value_name("FILE"),
      "save the iterate every few seconds and at the end")("resume", po::value(&arguments.resume)->value_name("FILE"),
                                                           "go on from such a file, of the same chain");
  all.add(start);

  all.add(proof_options(arguments.proof, arguments.model.rates));

  po::options_description output("Output", 110, 60);
  output.add_options()("output", po::value(&arguments.output)->value_name("FILE"),
                       "the distribution: .txt, .csv, .npy, .json, .ss or .m; - is "
                       "standard output")("json", po::value(&arguments.json)->value_name("FILE"),
                                          "the whole result; - is standard output")(
      "history", po::value(&arguments.history)->value_name("FILE.csv"), "iteration, seconds, residual, method")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes")(
      "verbose", po::bool_switch(&arguments.verbose), "every measured residual");
  all.add(output);
  return all;
}

po::options_description solve_options() {
  SolveArguments arguments;
  return options_of(arguments);
}

std::atomic<bool> interrupt_requested{false};

// Only for as long as a solve runs: the first Ctrl-C or SIGTERM asks it to stop, the second ends the program.
class InterruptGuard {
 public:
  InterruptGuard() {
    for (std::size_t k = 0; k < std::size(signals); ++k)
      before_[k] = std::signal(signals[k], [](int) {
        interrupt_requested = true;
        end_at_signals();
      });
  }
  ~InterruptGuard() {
    for (std::size_t k = 0; k < std::size(signals); ++k) std::signal(signals[k], before_[k]);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  static constexpr int signals[] = {SIGINT, SIGTERM};
  void (*before_[std::size(signals)])(int);
};

// The properties that the user asks, as texts.
struct PropertyText {
  std::string name;  // the file's, or "--prop"
  std::string text;
  std::vector<std::string> pick;  // the names of those that are wanted; empty: all
};

std::vector<PropertyText> property_texts(const SolveArguments& arguments) {
  std::vector<PropertyText> texts;
  for (const std::string& text : arguments.properties) texts.push_back({"--prop", text, {}});
  if (!arguments.properties_file.empty())
    texts.push_back({arguments.properties_file, read_file(arguments.properties_file), arguments.property_names});
  return texts;
}

// What is being iterated.
std::string_view method_of(const IterationInfo& info) {
  return info.config ? name(info.config->method) : "transient states";
}

// Where to start: from a guess, a checkpoint or nothing.
InitialGuess beginning(const SolveArguments& arguments, const Chain& chain) {
  if (!arguments.guess.empty()) return {read_solution(arguments.guess, chain), {}, {}};
  if (!arguments.resume.empty()) return read_checkpoint(arguments.resume, chain);
  return {};
}

// solve(), which leaves a checkpoint where one is asked for. A full disk is no reason to give up on a long solve.
Solution solve_with_checkpoints(const SolveArguments& arguments, const Chain& chain, const Observer& observer,
                                Starts starts, ProgressLine& progress) {
  const InitialGuess from = beginning(arguments, chain);
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
void answer(const std::vector<Query>& queries, const SolveArguments& arguments, const Observer& observer,
            ProgressLine& progress, Result& result, HardTimeLimit& hard_limit) {
  const Chain& chain = result.model.chain;
  const Options& options = arguments.options;
  const bool every = std::any_of(queries.begin(), queries.end(), [](const Query& q) { return q.filter.has_value(); });
  progress.begin("solving");
  Solution& solution = result.solution =
      solve_with_checkpoints(arguments, chain, observer, every ? Starts::every : Starts::initial, progress);
  hard_limit.dismiss();
  prove(arguments.proof, options, queries, observer, progress, result);
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

// Writes what was asked for, the file of the distribution first. Returns the exit code.
int write_results(const SolveArguments& arguments, const Result& result, const std::string& history, int exit_code,
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
  if (!arguments.history.empty()) outputs.attempt([&] { replace_file(arguments.history, history); });
  if (!arguments.json.empty()) outputs.attempt([&] { replace_file(arguments.json, json_report(result)); });
  if (arguments.json != "-" && arguments.output != "-" && arguments.history != "-")
    outputs.attempt([&] { replace_file("-", text_report(result)); });
  return outputs.exit_code(exit_code);
}

// A run that is over before there is any iterate.
class Unsolved : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What becomes of a finished solve; `history` is the table of its residuals. Returns the exit code, which is the last
// argument unless something cannot be written.
using Finish = std::function<int(const Result& result, const std::string& history, int exit_code)>;
// What becomes of a run that has to end at once, and why. Returns the exit code.
using GiveUp = std::function<int(const std::string& why)>;

constexpr std::string_view while_reading = "while the model was read";

Model read_in_time(const SolveArguments& arguments, const Stopwatch& watch, ProgressLine& progress) {
  const double limit = arguments.options.time_limit;
  return read_model(arguments.model, progress, [&] {
    if (interrupt_requested) throw Unsolved(fmt::format("interrupted {}", while_reading));
    if (limit > 0 && watch.seconds() >= limit)
      throw Unsolved(fmt::format("the time limit was reached {}", while_reading));
  });
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
  if (!result.error_reached()) progress.note(fmt::format("not proven to {}", *result.error_asked));
  if (!result.relative_reached())
    progress.note(fmt::format("not every measure is proven to {} of itself", *result.relative_asked));
  return result.reliable() ? 0 : 1;
}

// One solve, with these constants. Returns the exit code; throws Unsolved.
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
  Model model = read_in_time(arguments, watch, progress);
  phase = "while the solve was prepared";
  arguments.options.time_limit = time_left(limit, watch.seconds());
  const std::vector<Query> queries = find_queries(settings, texts, model);
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  Result result{arguments.model.path, model, {}, {}, arguments.marginals, arguments.top, watch.seconds(), 0};
  result.error_asked = arguments.proof.error;
  result.relative_asked = arguments.proof.relative;
  result.rates = find_rates(arguments.model.rates);

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
  {
    const InterruptGuard guard;
    answer(queries, arguments, observer, progress, result, hard_limit);
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

// The answers of several solves: a table, and one JSON array.
class Answers {
 public:
  explicit Answers(const SolveArguments& arguments, std::vector<std::string> names)
      : arguments_(arguments), table_(std::move(names)) {}

  void add(const Experiment& experiment, const Result& result) {
    table_.add(experiment, result);
    if (!arguments_.json.empty()) add_json(json_report(result));
  }
  void add_unsolved(const Experiment& experiment, const std::string& why, double seconds) {
    say(fmt::format("with {}: not solved: {}\n", experiment.settings, why));
    if (!arguments_.json.empty())
      add_json(json_report_of_unsolved(arguments_.model.path, experiment.settings, why, seconds));
  }
  // Returns the exit code.
  int write(int exit_code) const {
    Outputs outputs;
    if (!arguments_.json.empty()) outputs.attempt([&] { replace_file(arguments_.json, json_ + "]\n"); });
    if (arguments_.json != "-") outputs.attempt([&] { replace_file("-", table_.text()); });
    return outputs.exit_code(exit_code);
  }

 private:
  void add_json(const std::string& report) { json_ += (json_.empty() ? "[\n" : ",\n") + report; }

  const SolveArguments& arguments_;
  ExperimentTable table_;
  std::string json_;
};

// One solve for each combination of the constants' values. What goes wrong in one of them is said, and loses none of
// the others; only bad input ends them all.
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
  for (const Experiment& experiment : experiments.list) {
    const Stopwatch watch;
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
                                  }));
    } catch (const Unsolved& problem) {
      unsolved(problem.what(), 1);
    } catch (const std::bad_alloc&) {
      unsolved(out_of_memory(), 3);
    } catch (const Error& error) {
      if (error.cause != Error::Cause::machine)
        throw Error(fmt::format("with {}: {}", experiment.settings, error.what()), error.cause);
      unsolved(error.what(), 3);
    }
    if (interrupt_requested) break;
  }
  return answers.write(worst);
}

int solve_one(const SolveArguments& arguments, const std::string& settings, const std::vector<PropertyText>& texts,
              ProgressLine& progress) {
  const Stopwatch watch;
  const auto write_unsolved = [&](const std::string& why, int exit_code) {
    if (arguments.json.empty()) return exit_code;
    Outputs outputs;
    outputs.attempt([&] {
      replace_file(arguments.json, json_report_of_unsolved(arguments.model.path, settings, why, watch.seconds()));
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
        [&](const Result& result, const std::string& history, int exit_code) {
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
  SolveArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"MODEL", "PROPERTIES"});
  if (map.count("MODEL") == 0) throw Error("solve needs a model file: steady solve MODEL");
  arguments.model.path = map["MODEL"].as<std::string>();
  if (map.count("PROPERTIES") > 0) arguments.properties_file = map["PROPERTIES"].as<std::string>();
  if (!arguments.property_names.empty() && arguments.properties_file.empty())
    throw Error("--property picks one of a PROPERTIES file, and none is given");
  if ((arguments.output == "-") + (arguments.json == "-") + (arguments.history == "-") > 1)
    throw Error("only one of --output, --json and --history can be standard output");
  check_options(arguments.options);
  arguments.options.check_aggregates = arguments.proof.no_certify;  // else where nothing is proven
  arguments.options.keep_matrix = !arguments.proof.no_certify;
  arguments.proof.accuracy = find_accuracy(arguments.proof, find_rates(arguments.model.rates));
  if (!arguments.guess.empty() && !arguments.resume.empty())
    throw Error("--guess and --resume both say where to start");
  if (arguments.checkpoint == "-") throw Error("--checkpoint -: standard output cannot be replaced");
  for (const char* place : {"json", "history", "checkpoint"})  // now, not after a long solve
    if (map.count(place) > 0) require_writable(map[place].as<std::string>());
  if (map.count("output") > 0) require_solution_path(arguments.output);
  // A checkpoint is there to replace the one that a run resumes from.
  require_apart({arguments.output, arguments.json, arguments.history, arguments.checkpoint}, arguments.model,
                {arguments.properties_file, arguments.guess});
  require_apart({arguments.output, arguments.json, arguments.history}, arguments.model, {arguments.resume});

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
