// steady verify: is a solution file right? Whoever wrote it is not asked.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/solution/solution.hpp"
#include "solver/certify/solved.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/result.hpp"
#include "solver/stopwatch.hpp"

namespace steady::cli {
namespace {

struct VerifyArguments {
  ModelChoice model;
  std::string solution, json;
  double error = 1e-8;
  double time_limit = 0;
  bool quiet = false;
};

po::options_description options_of(VerifyArguments& arguments) {
  po::options_description all("Options", 110, 60);
  all.add(model_options(arguments.model));
  add_options(all, arguments.model.rates);
  all.add_options()("error", po::value(&arguments.error)->default_value(1e-8, "1e-8")->value_name("X"),
                    "total variation that has to be proven")(
      "time-limit", po::value(&arguments.time_limit)->value_name("SECONDS"), "stop after so long; default: no limit")(
      "json", po::value(&arguments.json)->value_name("FILE"), "the same for a program; - is standard output")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes");
  return all;
}

po::options_description help_options() {
  VerifyArguments arguments;
  return options_of(arguments);
}

struct Verdict {
  double residual = 0;
  double mass = 0;
  std::size_t negative_entries = 0;
  std::optional<double> error_bound;  // proven: max over sets A of |p(A) - pi(A)|
  const char* verdict = "not_proven";
  std::string reason;
};

// p without its negative entries, scaled to mass 1; uniform where nothing is left.
std::vector<double> normalised(std::vector<double> p) {
  double sum = 0;
  for (double& x : p) sum += x = std::max(x, 0.0);
  for (double& x : p) x = sum > 0 && std::isfinite(sum) ? x / sum : 1 / static_cast<double>(p.size());
  return p;
}

// A distribution near the exact one, with a proven bound: from p, or solved for afresh where p is too far off.
Certificate near_exact(const Chain& chain, const std::vector<double>& p, double error,
                       const std::function<bool()>& interrupted) {
  CertifyOptions options;
  options.target = error / 10;
  options.interrupted = interrupted;
  Certificate own = certify(chain, p, options, Checked::yes);
  if (own.bound <= error / 2 || interrupted()) return own;
  Solution solution = solve(chain, {}, {[](const Sighting&) {}, interrupted}, Starts::initial, {}, Checked::yes);
  Certificate fresh = certify(chain, solution, options.target, Effort::any, interrupted, Checked::yes);
  return fresh.bound < own.bound ? fresh : own;
}

// `watch`: since the command began.
Verdict judge(const Chain& chain, const std::vector<double>& p, const VerifyArguments& arguments,
              const Stopwatch& watch) {
  Verdict verdict;
  const Interval mass = mass_of({p});
  verdict.mass = mass.low + (mass.high - mass.low) / 2;
  verdict.negative_entries =
      static_cast<std::size_t>(std::count_if(p.begin(), p.end(), [](double x) { return x < 0; }));
  const std::vector<double> start = normalised(p);
  std::vector<double> scaled = p;
  if (verdict.mass > 0)
    for (double& x : scaled) x /= verdict.mass;
  verdict.residual = true_residual(chain, scaled, Checked::yes);

  const auto interrupted = [&] { return arguments.time_limit > 0 && watch.seconds() > arguments.time_limit; };
  const Certificate near = near_exact(chain, start, arguments.error, interrupted);
  const char* const stopped = interrupted() ? "the time limit was reached: " : "";
  if (!near.proven) return verdict.reason = stopped + near.reason, verdict;
  const Interval apart = distance(p, near.exact, near.mass);
  const double bound = add_up(apart.high, near.bound);
  if (!std::isfinite(bound)) return verdict.reason = "a number left the range of doubles", verdict;
  verdict.error_bound = bound;
  if (bound <= arguments.error) {
    verdict.verdict = "proven";
    verdict.reason = fmt::format("the error is at most {}", upward(bound));
  } else if (apart.low > near.bound) {
    verdict.verdict = "refuted";
    verdict.reason =
        fmt::format("it is {:.2g} away from a distribution that is proven within {}", apart.low, upward(near.bound));
  } else {
    verdict.reason = fmt::format("{}the error is at most {}, more is not proven", stopped, upward(bound));
  }
  return verdict;
}

// `rates`: those that the proof is of.
std::string json_verdict(const Verdict& verdict, const Rates& rates) {
  using Json = nlohmann::ordered_json;
  Json json{{"residual", verdict.residual},
            {"mass", verdict.mass},
            {"negative_entries", verdict.negative_entries},
            {"error_bound", verdict.error_bound ? Json(*verdict.error_bound) : Json(nullptr)}};
  add(json, rates);
  json["verdict"] = verdict.verdict;
  json["reason"] = verdict.reason;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string text_verdict(const Verdict& verdict, const Rates& rates) {
  return fmt::format("mass       {:.17g}\nnegative   {}\nresidual   {:.2g}\nerror      {}\nverdict    {}: {}\n",
                     verdict.mass, verdict.negative_entries, verdict.residual,
                     verdict.error_bound ? fmt::format("at most {} in total variation, proven (rates: {})",
                                                       upward(*verdict.error_bound), describe(rates))
                                         : "unknown",
                     verdict.verdict, verdict.reason);
}

// Returns the exit code.
int report(const Verdict& verdict, const Rates& rates, const VerifyArguments& arguments) {
  Outputs outputs;
  if (!arguments.json.empty()) outputs.attempt([&] { replace_file(arguments.json, json_verdict(verdict, rates)); });
  if (arguments.json != "-") outputs.attempt([&] { replace_file("-", text_verdict(verdict, rates)); });
  return outputs.exit_code(std::string_view(verdict.verdict) == "proven" ? 0 : 1);
}

int run(const std::vector<std::string>& words) {
  VerifyArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"MODEL", "SOLUTION"});
  if (map.count("SOLUTION") == 0) throw Error("verify needs a model and a solution: steady verify MODEL SOLUTION");
  arguments.model.path = map["MODEL"].as<std::string>();
  arguments.solution = map["SOLUTION"].as<std::string>();
  if (!arguments.json.empty()) require_writable(arguments.json);
  require_apart({arguments.json}, arguments.model, {arguments.solution});

  const Rates rates = find_rates(arguments.model.rates);
  ProgressLine progress(arguments.quiet ? ProgressLine::Volume::quiet : ProgressLine::Volume::normal);
  const Stopwatch watch;
  HardTimeLimit limit(arguments.time_limit, [&] {
    const Verdict none{NAN, NAN, 0, {}, "not_proven", "the time limit was reached before the proof began"};
    return report(none, rates, arguments);
  });
  const Model model = read_model(arguments.model, progress);
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  const std::vector<double> p = read_solution(arguments.solution, model.chain);
  limit.dismiss();
  progress.show("proving an error bound");
  const Verdict verdict = judge(model.chain, p, arguments, watch);
  progress.clear();
  return report(verdict, rates, arguments);
}

}  // namespace

const Command verify_command{"verify", "MODEL SOLUTION [options]", "proves or refutes a solution file", help_options,
                             run};

}  // namespace steady::cli
