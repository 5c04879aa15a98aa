#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <steady/error.hpp>
#include <steady/solve.hpp>
#include <steady/truncate.hpp>

#include "formats/base/stopwatch.hpp"
#include "formats/base/thread_count.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/model/model_format.hpp"
#include "formats/model/prism/explore/growing_states.hpp"
#include "formats/model/prism/prism.hpp"
#include "solver/certify/certify.hpp"
#include "solver/methods/monitor.hpp"
#include "solver/truncation/best_first.hpp"
#include "solver/truncation/convergence.hpp"
#include "solver/truncation/drift_finder.hpp"
#include "solver/truncation/truncation_proof.hpp"

namespace steady {

using namespace detail;
using prism::GrowingStates;

namespace {

constexpr std::size_t first_states = 64;
constexpr unsigned most_degree = 3;  // of the drift functions that are looked for

class Truncator {
 public:
  Truncator(const std::string& path, const TruncateOptions& asked, const ReadOptions& read, const Options& options,
            const Observer& observer)
      : source_(compile_file(path, read)),
        read_(read),
        options_(options),
        observer_(observer),
        states_(source_.compiled),
        convergence_(asked.tolerance) {
    result_.truncation.tolerance = asked.tolerance;
    const auto& unbounded = source_.compiled.unbounded;
    result_.truncation.unbounded.assign(unbounded.begin(), unbounded.end());
    if (!asked.drift.empty()) drift_ = parse_drift(asked.drift, source_.compiled);
    result_.truncation.drift = asked.drift;
    prove_ = asked.prove;
  }

  TruncatedModel run() {
    BestFirst start(states_);
    for (const State s : states_.initial()) start.add(s, 1);
    start.keep(std::max(first_states, states_.initial().size()), guess_);
    for (;;) {
      solve_set();
      if (judge()) return finish();
      grow();
    }
  }

 private:
  // Solves the chain on the kept states, from what is known of them.
  void solve_set() {
    order_ = states_.ordered();
    const bool known = !probability_.empty();
    probability_.resize(states_.size());
    read_.progress(fmt::format("{} states kept, solving", with_commas(order_.size())));
    back_to_ = known ? likeliest() : states_.initial().front();
    result_.model.chain = states_.chain(order_, back_to_);
    Options options = options_;
    options.check_aggregates = false;  // of the last set only
    const double useful = convergence_.useful_tolerance(states_.model().unbounded.size());
    if (result_.model.chain.truncated) {
      options.tolerance = std::max(options.tolerance, useful);
      options.rough = useful > result_.truncation.tolerance;  // and this set not the last
    }
    options.time_limit = time_left(options.time_limit, watch_.seconds());
    InitialGuess guess;
    for (const State s : order_) guess.iterate.push_back(guess_[s]);
    if (known && solution_.converged && !solution_.tried.empty() &&
        solution_.tried.back().config.method != Method::gth) {
      // Those before it failed in the set before.
      guess.config = solution_.tried.back().config;
      guess.component = State{0};
    }
    solution_ = solve(result_.model.chain, options, observer_, Starts::initial, guess, Checked::yes);
    ++result_.truncation.solves;
  }

  // The state that transitions lead back to: known only by the last set.
  State likeliest() const {
    return *std::max_element(order_.begin(), order_.end(),
                             [&](State a, State b) { return probability_[a] < probability_[b]; });
  }

  // What flows into each state that is not kept, and the share of all transitions that this is.
  double find_outflow() {
    outflow_.assign(states_.size(), 0);
    double leaving = 0, all = 0;
    for (std::size_t k = 0; k < order_.size(); ++k)
      for (const auto& [target, rate] : states_.transitions(order_[k])) {
        const double flow = solution_.distribution[k] * rate;
        all += flow;
        if (states_.is_kept(target)) continue;
        leaving += flow;
        outflow_[target] += flow;
      }
    return all > 0 ? leaving / all : 0;
  }

  SetOfStates look() {
    SetOfStates now{order_.size(), find_outflow(), 0, {}, {}};
    for (std::size_t k = 0; k < order_.size(); ++k) {
      double& probability = probability_[order_[k]];
      now.moved += std::abs(solution_.distribution[k] - probability) / 2;
      probability = solution_.distribution[k];
    }
    const std::vector<Variable>& variables = states_.model().packing.variables();
    now.means.resize(variables.size());
    now.rewards.resize(states_.model().rewards.size());
    for (const State s : order_) {
      for (std::size_t v = 0; v < now.means.size(); ++v)
        now.means[v] += probability_[s] * static_cast<double>(states_.value(s, v));
      for (std::size_t r = 0; r < now.rewards.size(); ++r) now.rewards[r] += probability_[s] * states_.reward(s, r);
    }
    return now;
  }

  // Whether this set is the last one.
  bool judge() {
    convergence_.add(look());
    Truncation& truncation = result_.truncation;
    truncation.outflow = convergence_.last().outflow;
    truncation.moved = convergence_.last().moved;
    read_.progress(fmt::format("{} states kept: {:.2g} of all transitions leave them, the last growth moved {:.2g}",
                               with_commas(order_.size()), truncation.outflow, truncation.moved));
    truncation.complete = !result_.model.chain.truncated;
    if (truncation.complete) truncation.moved = 0;
    truncation.reached = truncation.complete || (solution_.converged && convergence_.reached());
    if (truncation.reached) return true;
    truncation.reason = why_not_further();
    return !truncation.reason.empty();
  }

  // Empty where a larger set is to be tried.
  std::string why_not_further() const {
    if (observer_.interrupted()) return "it was interrupted";
    if (out_of_time()) return "the time limit was reached";
    if (!solution_.converged && convergence_.last().outflow <= result_.truncation.tolerance)
      return fmt::format("the chain on {} states was not solved: {}", with_commas(order_.size()),
                         solution_.tried.empty() ? "" : describe(solution_.tried.back().outcome.stop));
    const double room = most_kept();
    const prism::CompiledModel& model = states_.model();
    if (const std::string why = convergence_.hopeless(model.packing.variables(), model.unbounded.size(), room);
        !why.empty())
      return why;
    if (2 * static_cast<double>(order_.size()) > room)
      return fmt::format("more than {} states would take more than the memory", with_commas(order_.size()));
    return "";
  }

  // States that the memory has room for, with what a solve needs.
  double most_kept() const {
    const auto kept = static_cast<double>(order_.size());
    const auto of_chain = static_cast<double>(result_.model.chain.inflow.entries());
    const double each = (static_cast<double>(states_.bytes()) + 60 * of_chain) / kept + 200;
    return static_cast<double>(read_.memory_limit) / each;
  }

  void grow() {
    BestFirst growth(states_);
    for (State s = 0; s < outflow_.size(); ++s)
      if (outflow_[s] > 0) growth.add(s, outflow_[s]);
    guess_ = probability_;
    growth.keep(2 * order_.size(), guess_);
  }

  TruncatedModel finish() {
    Model& model = result_.model;
    model.notes = source_.compiled.notes;
    model.constants = std::move(source_.constants);
    model.vocabulary = source_.compiled.vocabulary;
    model.properties = std::move(source_.properties);
    if (model.chain.truncated) {
      note_ends(model.notes);
      if (prove_) prove();
      if (std::isinf(result_.truncation.total_variation)) look_for_slow_modes();
    }
    result_.solution = std::move(solution_);
    validate(model.chain);
    return std::move(result_);
  }

  void prove() {
    read_.progress("proving what the truncation neglects");
    Truncation& truncation = result_.truncation;
    if (states_.model().kind != Kind::ctmc) {
      truncation.proof_reason = "a drift is proven of a ctmc only";
      return;
    }
    if (states_.model().immediate()) {
      truncation.proof_reason = "a drift is proven of nets without immediate transitions only";
      return;
    }
    if (drift_) return prove_by(*drift_);
    truncation.proof_reason = fmt::format(
        "no polynomial of degree {} at most was found that falls on average in all states that are not kept",
        most_degree);
    if (stopped()) truncation.proof_reason = "a drift function was not looked for in time";
    for (unsigned degree = 1; degree <= most_degree && std::isinf(truncation.total_variation) && !stopped(); ++degree) {
      const std::string text = find_drift(states_, degree);
      if (text.empty()) continue;
      truncation.drift = text;
      prove_by(parse_drift(text, states_.model()));
    }
  }

  void prove_by(const DriftFunction& drift) {
    const auto place = static_cast<State>(std::find(order_.begin(), order_.end(), back_to_) - order_.begin());
    const TruncationProof proof = prove_truncation({states_, order_, result_.model.chain, place, solution_.distribution,
                                                    direction_of(solution_), solution_.structure.components == 1},
                                                   drift, [this] { return stopped(); });
    if (proof.holds) result_.truncation.total_variation = proof.total_variation;
    result_.truncation.proof_reason =
        !proof.holds && stopped() ? "a proof was not found in time, or before it was interrupted" : proof.reason;
  }

  bool out_of_time() const { return options_.time_limit > 0 && watch_.seconds() >= options_.time_limit; }
  bool stopped() const { return observer_.interrupted() || out_of_time(); }

  // Which the sets have in common, so that they do not tell.
  void look_for_slow_modes() {
    if (!solution_.converged || !result_.truncation.reached) return;
    Options options = options_;
    options.time_limit = time_left(options.time_limit, watch_.seconds());
    check_aggregates(result_.model.chain, solution_, options, observer_, Checked::yes);
  }

  // What makes a truncation mean less than it says.
  void note_ends(std::vector<std::string>& notes) const {
    const std::size_t closed = solution_.structure.bottom_components;
    if (closed > 1)
      notes.push_back(
          fmt::format("the kept states have {} closed classes: how likely each is depends on where the "
                      "transitions that leave the kept states are led back to",
                      with_commas(closed)));
    if (states_.initial().size() > 1)
      notes.push_back(
          fmt::format("{} initial states, and all that leaves the kept states is led back to one of the kept ones",
                      with_commas(states_.initial().size())));
  }

  prism::UnexploredModel source_;
  const ReadOptions& read_;
  const Options& options_;
  const Observer& observer_;
  GrowingStates states_;
  Convergence convergence_;
  std::optional<DriftFunction> drift_;
  bool prove_ = true;
  Stopwatch watch_;
  State back_to_ = 0;                // where transitions that leave the kept states lead
  std::vector<State> order_;         // the kept states in the order of the chain
  std::vector<double> probability_;  // of every state that was found before, by the last solve
  std::vector<double> guess_;        // of the next
  std::vector<double> outflow_;      // into every state that is not kept
  Solution solution_;
  TruncatedModel result_;
};

}  // namespace

TruncatedModel truncate(const std::string& path, const TruncateOptions& truncation, const ReadOptions& read,
                        const Options& options, const Observer& observer) {
  if (!(truncation.tolerance > 0 && truncation.tolerance < 1))
    throw Error(fmt::format("a truncation's tolerance must be above 0 and below 1, got {}", truncation.tolerance));
  if (read.rate_errors || read.rates_within > 0 || !read.constants_within.empty())
    throw Error("a truncated model has no uncertain rates: --truncate stands against --rates and --rates-within");
  if (!read.derivatives.empty() || read.throughputs)
    throw Error("neither derivatives nor throughputs are computed of a truncated model");
  const ThreadCount threads(read.threads);
  return Truncator(path, truncation, read, options, observer).run();
}

}  // namespace steady
