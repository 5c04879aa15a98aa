// steady verify: is a solution file right? Whoever wrote it is not asked.
#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/solution/solution.hpp"
#include "solver/certify/relative.hpp"
#include "solver/certify/solved.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/result.hpp"
#include "solver/stopwatch.hpp"

namespace steady::cli {
namespace {

constexpr double usual_error = 1e-8;

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
      fmt::format("total variation that has to be proven; default {}, without --relative", usual_error).c_str())(
      "relative", po::value<double>()->value_name("X")->notifier([&](double x) { arguments.relative = x; }),
      "relative error of each state's probability that has to be proven")(
      "time-limit", po::value(&arguments.time_limit)->value_name("SECONDS"), "stop after so long; default: no limit")(
      "json", po::value(&arguments.json)->value_name("FILE"), "the same for a program; - is standard output")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes");
  return all;
}

po::options_description help_options() {
  VerifyArguments arguments;
  return options_of(arguments);
}

enum class Outcome { proven, not_proven, refuted };  // from the best to the worst

struct Verdict {
  double residual = 0;
  double mass = 0;
  std::size_t negative_entries = 0;
  std::optional<double> error_bound;           // proven: max over sets A of |p(A) - pi(A)|
  std::optional<double> relative_error_bound;  // proven: max over states i of |p(i) - pi(i)| / pi(i)
  Outcome outcome = Outcome::not_proven;
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

Verdict measured(const Chain& chain, const std::vector<double>& p) {
  Verdict verdict;
  const Interval mass = mass_of({p});
  verdict.mass = mass.low + (mass.high - mass.low) / 2;
  verdict.negative_entries =
      static_cast<std::size_t>(std::count_if(p.begin(), p.end(), [](double x) { return x < 0; }));
  std::vector<double> scaled = p;
  if (verdict.mass > 0)
    for (double& x : scaled) x /= verdict.mass;
  verdict.residual = true_residual(chain, scaled, Checked::yes);
  return verdict;
}

// Of one of the questions asked: the worst of them is the verdict.
void add(Verdict& verdict, Outcome outcome, const std::string& reason) {
  verdict.outcome = std::max(verdict.outcome, outcome);
  verdict.reason += (verdict.reason.empty() ? "" : "; ") + reason;
}

class Judge {
 public:
  Judge(const Chain& chain, const std::vector<double>& p, std::function<bool()> interrupted)
      : chain_(chain), p_(p), start_(normalised(p)), interrupted_(std::move(interrupted)) {}

  void judge_error(double error, Verdict& verdict) const {
    const Certificate near = near_exact(chain_, start_, error, interrupted_);
    if (!near.proven) return add(verdict, Outcome::not_proven, stopped() + near.reason);
    const Interval apart = distance(p_, near.exact, near.mass);
    const double bound = add_up(apart.high, near.bound);
    if (!std::isfinite(bound)) return add(verdict, Outcome::not_proven, "a number left the range of doubles");
    verdict.error_bound = bound;
    if (bound <= error)
      add(verdict, Outcome::proven, fmt::format("the error is at most {}", upward(bound)));
    else if (apart.low > near.bound)
      add(verdict, Outcome::refuted,
          fmt::format("it is {:.2g} away from a distribution that is proven within {}", apart.low, upward(near.bound)));
    else
      add(verdict, Outcome::not_proven,
          fmt::format("{}the error is at most {}, more is not proven", stopped(), upward(bound)));
  }

  void judge_relative_error(double error, Verdict& verdict) const {
    const RelativeProof near = near_exact_relatively(error);
    if (!near.holds()) return add(verdict, Outcome::not_proven, stopped() + "relatively: " + near.reason());
    StateError worst, surely;  // the largest errors that a state may have, and that it has
    for (std::size_t i = 0; i < p_.size(); ++i) {
      const Interval exact = near.bounds(static_cast<State>(i));
      if (std::max(std::abs(p_[i]), exact.high) < DBL_MIN) continue;
      worst.see(i, largest_error(p_[i], exact));
      surely.see(i, least_error(p_[i], exact));
    }
    if (std::isfinite(worst.error)) verdict.relative_error_bound = worst.error;
    if (worst.error <= error)
      add(verdict, Outcome::proven,
          fmt::format("relative to each state's probability, at most {}", upward(worst.error)));
    else if (surely.error > error)
      add(verdict, Outcome::refuted,
          fmt::format("state {} is wrong by {:.2g} of its probability", surely.state, surely.error));
    else
      add(verdict, Outcome::not_proven,
          fmt::format("{}state {} is not proven to {} of its probability", stopped(), worst.state, error));
  }

 private:
  struct StateError {
    std::size_t state = 0;
    double error = 0;
    void see(std::size_t i, double e) {
      if (e > error) *this = {i, e};
    }
  };

  // Relative to the exact number.
  static double largest_error(double p, const Interval& exact) {
    const double distance = std::max(add_up(exact.high, -p), add_up(p, -exact.low));
    return exact.low > 0 ? divide_up(distance, exact.low) : INFINITY;
  }
  static double least_error(double p, const Interval& exact) {
    const double distance = std::max({add_down(p, -exact.high), add_down(exact.low, -p), 0.0});
    return exact.high > 0 ? divide_down(distance, exact.high) : INFINITY;
  }

  // Of a distribution near the exact one: from p, or solved for afresh where p is too far off.
  RelativeProof near_exact_relatively(double error) const {
    RelativeOptions options;
    options.target = error / 10;
    options.effort = Effort::any;
    options.interrupted = interrupted_;
    Solution solution;
    solution.distribution = start_;
    RelativeProof own = certify_relatively(chain_, solution, options, Checked::yes).proof;
    if ((own.holds() && own.error() <= error / 2) || interrupted_()) return own;
    solution = solve(chain_, {}, {[](const Sighting&) {}, interrupted_}, Starts::initial, {}, Checked::yes);
    RelativeProof fresh = certify_relatively(chain_, solution, options, Checked::yes).proof;
    return !own.holds() || (fresh.holds() && fresh.error() < own.error()) ? fresh : own;
  }

  std::string stopped() const { return interrupted_() ? "the time limit was reached: " : ""; }

  const Chain& chain_;
  const std::vector<double>& p_;
  const std::vector<double> start_;
  const std::function<bool()> interrupted_;
};

// `watch`: since the command began.
Verdict judge(const Chain& chain, const std::vector<double>& p, const VerifyArguments& arguments,
              const Stopwatch& watch) {
  Verdict verdict = measured(chain, p);
  verdict.outcome = Outcome::proven;
  const Judge judge(chain, p, [&] { return arguments.time_limit > 0 && watch.seconds() > arguments.time_limit; });
  if (arguments.error || !arguments.relative) judge.judge_error(arguments.error.value_or(usual_error), verdict);
  if (arguments.relative) judge.judge_relative_error(*arguments.relative, verdict);
  return verdict;
}

const char* name(Outcome outcome) {
  return outcome == Outcome::proven ? "proven" : outcome == Outcome::refuted ? "refuted" : "not_proven";
}

// `rates`: those that the proof is of.
std::string json_verdict(const Verdict& verdict, const Rates& rates) {
  using Json = nlohmann::ordered_json;
  Json json{
      {"residual", verdict.residual},
      {"mass", verdict.mass},
      {"negative_entries", verdict.negative_entries},
      {"error_bound", verdict.error_bound ? Json(*verdict.error_bound) : Json(nullptr)},
      {"relative_error_bound", verdict.relative_error_bound ? Json(*verdict.relative_error_bound) : Json(nullptr)}};
  add(json, rates);
  json["verdict"] = name(verdict.outcome);
  json["reason"] = verdict.reason;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string text_verdict(const Verdict& verdict, const Rates& rates) {
  const std::string of_rates = fmt::format("proven (rates: {})", describe(rates));
  std::string text = fmt::format("mass       {:.17g}\nnegative   {}\nresidual   {:.2g}\n", verdict.mass,
                                 verdict.negative_entries, verdict.residual);
  if (verdict.error_bound || !verdict.relative_error_bound)
    text += verdict.error_bound
                ? fmt::format("error      at most {} in total variation, {}\n", upward(*verdict.error_bound), of_rates)
                : "error      unknown\n";
  if (verdict.relative_error_bound)
    text += fmt::format("relative   each probability within {} of the exact one, {}\n",
                        upward(*verdict.relative_error_bound), of_rates);
  return text + fmt::format("verdict    {}: {}\n", name(verdict.outcome), verdict.reason);
}

// Returns the exit code.
int report(const Verdict& verdict, const Rates& rates, const VerifyArguments& arguments) {
  Outputs outputs;
  if (!arguments.json.empty()) outputs.attempt([&] { replace_file(arguments.json, json_verdict(verdict, rates)); });
  if (arguments.json != "-") outputs.attempt([&] { replace_file("-", text_verdict(verdict, rates)); });
  return outputs.exit_code(verdict.outcome == Outcome::proven ? 0 : 1);
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
    const Verdict none{NAN, NAN, 0, {}, {}, Outcome::not_proven, "the time limit was reached before the proof began"};
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
