#include "solver/distributed/solve.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "formats/base/with_commas.hpp"
#include "formats/io/file.hpp"
#include "solver/cli/interrupt.hpp"
#include "solver/cli/solve_once.hpp"
#include "solver/distributed/averages.hpp"
#include "solver/distributed/npy_file.hpp"
#include "solver/distributed/report.hpp"
#include "solver/distributed/run.hpp"

namespace steady::cli {
namespace {

// Adds what is said of the whole chain.
std::vector<std::string> notes_of(Run& run, const prism::ChainBlock& block, std::vector<std::string> notes) {
  if (run.ranks.any(block.rescaled))
    notes.emplace_back("some probabilities did not sum to 1 exactly, and were rescaled");
  const std::vector<bool>& deadlock = block.model.chain.labels.back().holds;
  const auto own = static_cast<std::uint64_t>(std::count(deadlock.begin(), deadlock.end(), true));
  if (const std::uint64_t all = run.ranks.sum(own); all > 0)
    notes.push_back(fmt::format("{} deadlock state{}: a self-loop was added to {}", with_commas(all),
                                all == 1 ? "" : "s", all == 1 ? "it" : "each"));
  for (const std::string& note : notes) run.progress.note(fmt::format("note: {}", note));
  return notes;
}

std::uint64_t most_memory_used(const Ranks& ranks) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return ranks.most(static_cast<std::uint64_t>(used.ru_maxrss) * 1024);
}

// Keeps a distribution in the file of --checkpoint, at the end of each run of a method and so often that these are cut
// short for it. One that cannot be written is said, and the solve goes on.
void keep_checkpoints(Run& run, const Generator& q, Budget& budget, int& exit_code) {
  constexpr double interval = 600;  // seconds
  budget.pause_due = [&run, due = interval]() mutable {
    const double time = run.ranks.most(run.ranks.first() ? run.deadline.seconds() : 0.0);  // the same on all
    const bool now = time > due;
    if (now) due = time + interval;
    return now;
  };
  budget.keep = [&run, &q, &exit_code](const std::vector<double>& distribution) {
    try {
      write_npy(run.arguments.checkpoint, q, distribution);
      exit_code = 0;
    } catch (const AgreedError& error) {
      run.progress.note(fmt::format("no checkpoint: {}", error.what()));
      exit_code = 3;
    }
  };
}

// What --guess or --resume names; nothing where neither does.
std::vector<double> read_start(const Run& run, const Generator& q) {
  const SolveArguments& arguments = run.arguments;
  const std::string& path = arguments.resume.empty() ? arguments.guess : arguments.resume;
  std::vector<double> start;
  if (!path.empty()) run.ranks.together([&] { start = read_npy(path, q); });
  return start;
}

Budget budget_of(Run& run) {
  Budget budget;
  budget.iterations = static_cast<std::int64_t>(run.arguments.options.max_iterations);
  budget.spent = [&run] { return run.spent(); };
  budget.progress = [&run](std::string_view what, std::int64_t iterations) {
    const std::string line = fmt::format("{}: iteration {}, {:.1f} s", what, iterations, run.deadline.seconds());
    run.progress.verbose() ? run.progress.note(line) : run.progress.show(line);
  };
  return budget;
}

// Solves and proves; returns the distribution of own states.
std::vector<double> find_distribution(Run& run, const Generator& q, const std::vector<std::uint64_t>& initial,
                                      const BottomComponents& bottom, DistributedResult& result) {
  std::vector<double> start = read_start(run, q);
  const InterruptGuard guard;
  const double tolerance = run.arguments.options.tolerance;
  const ProofOptions& proof = run.arguments.proof.proof;
  Budget budget = budget_of(run);
  if (!run.arguments.checkpoint.empty()) keep_checkpoints(run, q, budget, result.checkpoint_exit_code);
  run.progress.begin("solving");
  const Stopwatch watch;
  const Absorption absorption = absorb(q, bottom, initial, tolerance, budget);
  StationarySolver solver(q, bottom, absorption.weights, budget, std::move(start));
  solver.solve(tolerance);
  result.seconds.solve = watch.seconds();
  result.converged = absorption.converged && solver.converged();
  if (!proof.no_certify && (result.converged || proof.asked())) {
    run.progress.begin("proving an error bound");
    result.certificate = certify(q, {initial, bottom, absorption}, solver, proof.error.value_or(usual_target));
  }
  result.residual = solver.residual();
  result.balance = solver.balance();
  result.tried = solver.tried();
  result.tried_to_absorb = absorption.tried;
  return solver.distribution();
}

// What is shown of the distribution: where there is nothing to ask, the variables and ten states.
void show_distribution(const Run& run, const Generator& q, const States& states, const std::vector<double>& p,
                       double bound, DistributedResult& result) {
  const bool nothing_asked = result.measures.empty() && run.texts.empty();
  std::size_t top = std::min<std::size_t>({run.arguments.top, q.states(), 1'000'000});
  if (top == 0 && nothing_asked) top = 10;
  if (run.arguments.marginals || nothing_asked) result.marginals = marginals(q, states, p, bound);
  if (top > 0) result.likely = most_likely(q, states, p, top, bound);
}

// Says what was not reached; returns the exit code.
int judge(Run& run, const DistributedResult& result) {
  if (!result.converged) {
    const std::vector<Tried>& absorbing = result.tried_to_absorb;
    const Tried& failed = !absorbing.empty() && !solved(absorbing.back().stop) ? absorbing.back() : result.tried.back();
    run.progress.note(
        fmt::format("not converged ({}): the residual is {:.2g}", describe(failed.stop), failed.residual));
  }
  if (!result.error_reached()) run.progress.note(fmt::format("not proven to {}", *result.error_asked));
  return result.reliable() ? 0 : 1;
}

// Writes what was asked for, whatever becomes of the rest. Returns the exit code.
int write_results(Run& run, const Generator& q, const std::vector<double>& distribution,
                  const DistributedResult& result, int exit_code) {
  const SolveArguments& arguments = run.arguments;
  const auto attempt = [&](const auto& write) {
    try {
      write();
    } catch (const AgreedError& error) {
      if (run.ranks.first()) say(fmt::format("steady_mpi: {}\n", error.what()));
      exit_code = 3;
    }
  };
  const auto by_first = [&](const std::string& path, const auto& report) {
    attempt([&] {
      run.ranks.together([&] {
        if (run.ranks.first()) replace_file(path, report(result));
      });
    });
  };
  if (!arguments.output.empty()) attempt([&] { write_npy(arguments.output, q, distribution); });
  if (!arguments.json.empty()) by_first(arguments.json, [](const auto& r) { return json_report(r); });
  if (arguments.json != "-") by_first("-", [](const auto& r) { return text_report(r); });
  return exit_code;
}

int solve(Run& run) {
  prism::ChainBlock block = read_block(run);
  std::vector<std::string> notes = block.model.notes;
  std::vector<Query> queries;
  run.ranks.together(
      [&] { queries = find_queries(joined(run.arguments.model.constants), run.texts, block.model, notes); });
  DistributedResult result{run.arguments.model.path, command_line, block.model, run.ranks.count()};
  result.notes = notes_of(run, block, std::move(notes));
  result.seconds.load = run.deadline.seconds();

  const Stopwatch structure;
  const Generator q(run.ranks, block);
  const BottomComponents bottom = bottom_components(run, q, block);
  result.seconds.structure = structure.seconds();
  result.states = q.states();
  result.transitions = q.transitions() + run.ranks.sum(block.self_loops);
  result.bottom_components = bottom.count();
  result.transient_states = q.states() - bottom.states();
  result.error_asked = run.arguments.proof.proof.error;

  const std::vector<double> distribution = find_distribution(run, q, block.initial, bottom, result);
  const double bound = result.proven() ? result.certificate->total_variation : INFINITY;
  if (bottom.count() > 1) result.ends = ends(q, bottom, distribution, bound);
  result.measures = measure(q, queries, distribution, bound, result.converged);
  show_distribution(run, q, block.model.chain.states, distribution, bound, result);
  result.memory = most_memory_used(run.ranks);
  result.seconds.total = run.deadline.seconds();
  run.progress.clear();
  const int exit_code = std::max(judge(run, result), result.checkpoint_exit_code);
  return write_results(run, q, distribution, result, exit_code);
}

// Of a run that is over before there is any iterate. Returns the exit code.
int write_unsolved(const Run& run, const std::string& why, int exit_code) {
  const SolveArguments& arguments = run.arguments;
  if (arguments.json.empty()) return exit_code;
  run.ranks.together([&] {
    if (run.ranks.first())
      replace_file(arguments.json,
                   json_report_of_unsolved(arguments.model.path, command_line, joined(arguments.model.constants), why,
                                           run.deadline.seconds()));
  });
  return exit_code;
}

}  // namespace

int solve_distributed(const Ranks& ranks, const std::vector<std::string>& words) {
  SolveArguments arguments;
  std::vector<PropertyText> texts;
  ranks.together([&] {
    arguments = parse_distributed_arguments(words);
    texts = property_texts(arguments);
    for (const PropertyText& text : texts) require_long_run_averages(text.name, text.text);
  });
  Run run(ranks, std::move(arguments), std::move(texts));
  try {
    return solve(run);
  } catch (const Unsolved& problem) {
    run.progress.clear();
    if (ranks.first()) say(fmt::format("not solved: {}\n", problem.what()));
    return write_unsolved(run, problem.what(), 1);
  } catch (const AgreedError& error) {
    run.progress.clear();
    if (error.cause == Error::Cause::machine) write_unsolved(run, error.what(), 3);
    throw;
  }
}

}  // namespace steady::cli
