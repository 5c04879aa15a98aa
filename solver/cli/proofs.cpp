#include "solver/cli/proofs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include <steady/error.hpp>

#include "formats/base/stopwatch.hpp"
#include "solver/cli/budgets.hpp"
#include "solver/methods/monitor.hpp"
#include "solver/names.hpp"

namespace steady::cli {

using namespace detail;
namespace {

// "proof cut by ...", where a budget ended it before its end. `limit`: its own; `option`: what makes it go on.
std::string cut_of(Certificate::Cut cut, const char* limit, const char* option, bool out_of_time) {
  if (cut == Certificate::Cut::none) return "";
  if (cut == Certificate::Cut::work)
    return fmt::format("proof cut by its own limit, {}; --certify or {} X goes on", limit, option);
  return out_of_time ? "proof cut by the time limit" : "proof cut by an interrupt";
}

class Prover {
 public:
  Prover(const ProofChoice& choice, const Options& options, const Observer& observer, ProgressLine& progress,
         Result& result)
      : choice_(choice), options_(options), observer_(observer), progress_(progress), result_(result) {
    const Solution::Seconds& seconds = result.solution.seconds;
    before_ = seconds.structure + seconds.setup + seconds.solve;
  }

  void prove(bool relatively, const std::vector<Query>& queries) {
    if (relatively) attempt([&] { prove_relatively(); });
    if (!relatively || !enough(queries)) attempt([&] { prove_absolutely(); });
    progress_.clear();
    if (!result_.proof_cut.empty()) progress_.note(result_.proof_cut);
    constexpr double worrying = 1e-6;
    if (result_.proven() && result_.total_variation() > worrying)
      progress_.note(fmt::format("warning: the error may be as large as {}", upward(result_.total_variation())));
  }

 private:
  bool out_of_time() const { return options_.time_limit > 0 && before_ + watch_.seconds() > options_.time_limit; }
  bool interrupted() const { return observer_.interrupted() || out_of_time(); }

  template <class Proof>
  void attempt(Proof proof) {
    try {
      proof();
    } catch (const std::bad_alloc&) {
      result_.proof_cut = fmt::format("proof cut by the memory limit: {}", out_of_memory());
    }
  }

  void prove_relatively() {
    progress_.begin("computing entry by entry and proving it");
    const bool whatever_it_takes = choice_.certify || choice_.relative || choice_.accuracy == Accuracy::relative;
    RelativeOptions options;
    options.target = std::min(options.target, choice_.relative.value_or(1));
    options.effort = whatever_it_takes ? Effort::any : Effort::modest;
    options.memory_limit = options_.memory_limit;
    options.interrupted = [this] { return interrupted(); };
    Solution& solution = result_.solution;
    result_.relative = certify_relatively(result_.model.chain, solution, options, Checked::yes);
    result_.proof_cut = cut_of(result_.relative->cut, "about six times the cost of the solve or some seconds",
                               "--relative", out_of_time());
    if (!result_.relative->proof.holds()) return;
    solution.distribution = result_.relative->distribution;
    measure_residual(result_.model.chain, solution);
    solution.converged = solution.converged || enough();  // whatever the methods came to: it is another answer now
  }

  // Whether a relative proof makes another one superfluous: it bounds every measure, too.
  bool enough(const std::vector<Query>& queries) const {
    const auto bounded = [this](const Query& query) {
      return query.connective != Query::Connective::none || relative_bound(query, result_.relative->proof).proven;
    };
    return enough() && std::all_of(queries.begin(), queries.end(), bounded);
  }
  bool enough() const {
    if (!result_.proven()) return false;
    const bool known_rates = result_.model.chain.rate_error.empty();
    const double useful = known_rates ? 1e-6 : 1;  // of uncertain rates nothing better may be true
    const Solution& solution = result_.solution;
    const bool all_starts = solution.components.size() > 1 && !solution.conditional.empty();  // more than is proven
    return !all_starts && result_.total_variation() <= choice_.error.value_or(useful);
  }

  void prove_absolutely() {
    progress_.begin("proving an error bound");
    Options left = options_;
    left.time_limit = time_left(options_.time_limit, before_ + watch_.seconds());
    const double target = choice_.error ? 0.9 * *choice_.error : usual_target;
    try {
      result_.certificate = certify_or_check(
          result_.model.chain, result_.solution, left, observer_, target,
          choice_.asked() ? Effort::any : Effort::modest, [this] { return interrupted(); }, Checked::yes);
    } catch (const std::bad_alloc&) {
      result_.certificate.emplace();
      check_aggregates(result_.model.chain, result_.solution, options_, {}, Checked::yes);
      throw;
    }
    if (result_.certificate)
      result_.proof_cut =
          cut_of(result_.certificate->cut, "about twice the cost of the solve", "--error", out_of_time());
  }

  const ProofChoice& choice_;
  const Options& options_;
  const Observer& observer_;
  ProgressLine& progress_;
  Result& result_;
  const Stopwatch watch_;
  double before_;  // seconds
};

// What is not proven is of the rates given alone, and answers nothing where these are uncertain.
Measure left_open(Measure measure, const Result& result) {
  if (!result.rates.uncertain() || !measure.holds) return measure;
  measure.holds.reset();
  measure.undecided = true;
  return measure;
}

// Whether all that is asked is probabilities, which lie between 0 and 1 in states that a truncation neglects, too.
bool asks_for_probabilities(const Query& query) {
  if (query.connective == Query::Connective::none) return query.probability;
  return std::all_of(query.operands.begin(), query.operands.end(), asks_for_probabilities);
}

// What a truncation's proof says of probabilities.
Interval enclose_probability(const std::function<double(State)>& f, const Result& result) {
  EnclosedSum sum;
  const std::vector<double>& p = result.solution.distribution;
  for (std::size_t i = 0; i < p.size(); ++i) sum.add_product(p[i], f(static_cast<State>(i)));
  const double bound = result.truncation->total_variation;
  const Interval range = sum.value() + Interval(-bound, bound);
  return {std::clamp(range.low, 0.0, 1.0), std::clamp(range.high, 0.0, 1.0)};
}

}  // namespace

po::options_description proof_options(ProofChoice& choice, RatesChoice& rates) {
  po::options_description options("Proof of an error bound", 110, 60);
  options.add_options()("certify", po::bool_switch(&choice.certify), "whatever it costs; else about twice the solve")(
      "no-certify", po::bool_switch(&choice.no_certify), "none")(
      "error", po::value<double>()->value_name("X")->notifier([&](double x) { choice.error = x; }),
      "total variation that has to be proven; the answer is improved until it is")(
      "accuracy",
      po::value(&choice.accuracy_name)->default_value(choice.accuracy_name)->value_name("auto|absolute|relative"),
      "what errors are small beside: 1, or each probability and measure itself, which is then computed entry by entry; "
      "auto: the latter where a measure is under 1e-6 of the largest value that it has in a state")(
      "relative", po::value<double>()->value_name("X")->notifier([&](double x) { choice.relative = x; }),
      "relative error of every measure that has to be proven; computes entry by entry");
  add_options(options, rates);
  return options;
}

Accuracy find_accuracy(const ProofChoice& choice, const Rates& rates) {
  if (choice.no_certify && choice.asked()) throw Error("--no-certify stands against --certify, --error and --relative");
  if (choice.no_certify && (rates.interval || rates.within > 0))
    throw Error("--rates and --rates-within say what is proven, and --no-certify that nothing is");
  const std::optional<Accuracy> accuracy = find_named<Accuracy>(choice.accuracy_name);
  if (!accuracy)
    throw Error(fmt::format("--accuracy {}: it is {}", choice.accuracy_name, enumerated(all_names<Accuracy>())));
  if (*accuracy == Accuracy::absolute && choice.relative) throw Error("--accuracy absolute stands against --relative");
  if (*accuracy == Accuracy::relative && choice.no_certify)
    throw Error("--accuracy relative comes with its proof, and --no-certify wants none");
  return choice.relative ? Accuracy::relative : *accuracy;
}

void prove(const ProofChoice& choice, const Options& options, const std::vector<Query>& queries,
           const Observer& observer, ProgressLine& progress, Result& result) {
  const bool asked = choice.asked() || choice.accuracy == Accuracy::relative;
  if (choice.no_certify || (!result.solution.converged && !asked)) return;
  const bool relatively = wants_relative(choice.accuracy, queries, result.solution);
  result.relative_for_rare = relatively && choice.accuracy == Accuracy::automatic;
  Prover(choice, options, observer, progress, result).prove(relatively, queries);
}

Measure answer(const Query& query, const Result& result) {
  Measure measure = evaluate(query, result.solution.distribution, Checked::yes);
  if (measure.value && result.relatively_proven())
    if (const Interval range = result.enclosure()(query.value); range.finite()) measure.value = middle(range);
  if (result.truncation_proven() && asks_for_probabilities(query))
    detail::prove(
        query, [&](const std::function<double(State)>& f) { return enclose_probability(f, result); }, measure);
  if (result.proven()) prove(query, result.enclosure(), measure);
  return result.proven() ? measure : left_open(std::move(measure), result);
}

Measure answer(const Query& query, const Averages& averages, const Result& result) {
  const bool one_end = result.solution.components.size() == 1;  // of all states, not only of those that can be reached
  if (!one_end || !result.proven()) return left_open(evaluate(query, averages), result);
  const auto of_all = [&](const Query& q) {
    const Interval range = result.enclosure()(q.value);
    return range.finite() ? std::vector<double>(result.model.chain.size(), middle(range)) : averages(q);
  };
  Measure measure = evaluate(query, result.relatively_proven() ? Averages(of_all) : averages);
  prove(query, result.enclosure(), measure);
  return measure;
}

}  // namespace steady::cli
