// steady verify: is a solution file right? Whoever wrote it is not asked.
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include <steady/error.hpp>
#include <steady/solution_file.hpp>

#include "formats/base/stopwatch.hpp"
#include "formats/io/file.hpp"
#include "solver/answer/verdict.hpp"
#include "solver/cli/budgets.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/proof_options.hpp"

namespace steady::cli {

using namespace detail;
namespace {

struct VerifyArguments {
  ModelChoice model;
  std::string solution, json;
  std::optional<double> error, relative;
  double time_limit = 0;
  bool quiet = false;
};

po::options_description options_of(VerifyArguments& arguments) {
  po::options_description all("Options", 110, 60);
  all.add(model_options(arguments.model));
  add_options(all, arguments.model.rates);
  all.add_options()(
      "error", po::value<double>()->value_name("X")->notifier([&](double x) { arguments.error = x; }),
      fmt::format("total variation that has to be proven; default {}, without --relative", usual_verdict_error)
          .c_str())("relative",
                    po::value<double>()->value_name("X")->notifier([&](double x) { arguments.relative = x; }),
                    "relative error of each state's probability that has to be proven")(
      "time-limit", po::value(&arguments.time_limit)->value_name("SECONDS"), "stop after so long; default: no limit")(
      "json", po::value(&arguments.json)->value_name("FILE"), "the same for a program; - is standard output")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes");
  return all;
}

po::options_description verify_options() {
  VerifyArguments arguments;
  return options_of(arguments);
}

// Returns the exit code.
int report(const Verdict& verdict, const ProvenRates& rates, const VerifyArguments& arguments) {
  Outputs outputs;
  if (!arguments.json.empty()) outputs.attempt([&] { replace_file(arguments.json, json_verdict(verdict, rates)); });
  if (arguments.json != "-") outputs.attempt([&] { replace_file("-", text_verdict(verdict, rates)); });
  return outputs.exit_code(verdict.finding == Verdict::Finding::proven ? 0 : 1);
}

int run_verify(const std::vector<std::string>& words) {
  VerifyArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"MODEL", "SOLUTION"});
  if (map.count("SOLUTION") == 0) throw Error("verify needs a model and a solution: steady verify MODEL SOLUTION");
  arguments.model.path = map["MODEL"].as<std::string>();
  arguments.solution = map["SOLUTION"].as<std::string>();
  if (!arguments.json.empty()) require_writable(arguments.json);
  require_apart({arguments.json}, arguments.model, {arguments.solution});

  const ProvenRates rates = find_rates(arguments.model.rates);
  ProgressLine progress(arguments.quiet ? ProgressLine::Volume::quiet : ProgressLine::Volume::normal);
  const Stopwatch watch;
  HardTimeLimit limit(arguments.time_limit, [&] {
    const Verdict none{
        NAN, NAN, 0, {}, {}, Verdict::Finding::not_proven, "the time limit was reached before the proof began"};
    return report(none, rates, arguments);
  });
  const Model model = read_model(arguments.model, progress);
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  progress.begin(fmt::format("reading {}", arguments.solution));
  const std::vector<double> p = read_solution(arguments.solution, model.chain);
  limit.dismiss();
  progress.begin("proving an error bound");
  const double time = arguments.time_limit;
  const auto out_of_time = [&] { return time > 0 && watch.seconds() > time; };
  const Verdict verdict = find_verdict(model.chain, p, {arguments.error, arguments.relative, out_of_time});
  progress.clear();
  return report(verdict, rates, arguments);
}

}  // namespace

const Command verify_command{"verify", "MODEL SOLUTION [options]", "proves or refutes a solution file", verify_options,
                             run_verify};

}  // namespace steady::cli
