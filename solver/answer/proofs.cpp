#include "solver/answer/proofs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <set>
#include <utility>
#include <vector>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "solver/answer/divisors.hpp"
#include "solver/names.hpp"

namespace steady::detail {

namespace {

// "proof cut by ...", where a budget ended it before its end. `limit`: its own; `option`: what makes it go on.
std::string cut_of(Certificate::Cut cut, const char* limit, const char* option, bool out_of_time) {
  if (cut == Certificate::Cut::none) return "";
  if (cut == Certificate::Cut::work)
    return fmt::format("proof cut by its own limit, {}; --certify or {} X goes on", limit, option);
  return out_of_time ? "proof cut by the time limit" : "proof cut by an interrupt";
}

class AnswerProver {
 public:
  AnswerProver(const AnswerOptions& options, const Deadline& deadline, const AnswerObserver& observer, Result& result)
      : choice_(options.proof), options_(options.solver), deadline_(deadline), observer_(observer), result_(result) {}

  // A relative proof that nobody asked for comes second: the other one is soon made of what the solve has kept, and
  // stands where this one fails.
  void prove(bool relatively, const std::vector<Query>& queries) {
    const bool known_rates = result_.model.chain.rate_error.empty();
    if (!relatively || (!whatever_it_takes() && known_rates)) attempt([&] { prove_absolutely(); });
    if (relatively) {
      const std::string cut = std::exchange(result_.proof_cut, "");
      attempt([&] { prove_relatively(); });
      if (result_.certificate)
        result_.proof_cut = cut;
      else if (!enough(queries))
        attempt([&] { prove_absolutely(); });
    }
    if (!result_.proof_cut.empty()) observer_.note(result_.proof_cut);
    constexpr double worrying = 1e-6;
    if (result_.proven() && result_.total_variation() > worrying)
      observer_.note(fmt::format("warning: the error may be as large as {}", upward(result_.total_variation())));
  }

  // Whether the answer is one, where no proof is wanted: a rough one is mostly quicker than to look for slow modes, but
  // not of chains that need cycles.
  void check() {
    constexpr double useful = 1e-6;
    Solution& solution = result_.solution;
    if (solution.eliminated) return;
    observer_.begins("checking the answer");
    if (!solution.tried.empty() && solution.tried.back().config.method == Method::multilevel) {
      solution.kept.reset();
      return look_for_slow_modes();
    }
    const std::vector<double> given = solution.distribution;
    try {
      const std::optional<Certificate> certificate = certify_or_check(useful, Effort::modest);
      if (!certificate) return;
      solution.seconds.check += certificate->seconds;
      if (!certificate->improved || solution.eliminated) return;
      solution.distribution = given;  // what the methods came to
      measure_residual(result_.model.chain, solution);
      look_for_slow_modes();
    } catch (const std::bad_alloc&) {  // it has been checked without one
    }
  }

 private:
  bool whatever_it_takes() const {
    return choice_.certify || choice_.relative || choice_.accuracy == Accuracy::relative;
  }
  bool interrupted() const { return observer_.solver.interrupted() || deadline_.over(); }

  template <class Proof>
  void attempt(Proof proof) {
    try {
      proof();
    } catch (const std::bad_alloc&) {
      result_.proof_cut = fmt::format("proof cut by the memory limit: {}", out_of_memory());
    }
  }

  void prove_relatively() {
    observer_.begins("computing entry by entry and proving it");
    RelativeOptions options;
    options.target = std::min(options.target, choice_.relative.value_or(1));
    options.effort = whatever_it_takes() ? Effort::any : Effort::modest;
    options.memory_limit = options_.memory_limit;
    options.interrupted = [this] { return interrupted(); };
    Solution& solution = result_.solution;
    solution.kept.reset();
    result_.relative = certify_relatively(result_.model.chain, solution, options, Checked::yes);
    result_.proof_cut = cut_of(result_.relative->cut, "about six times the cost of the solve or some seconds",
                               "--relative", deadline_.over());
    if (!result_.relative->proof.holds()) return;
    solution.distribution = result_.relative->distribution;
    result_.certificate.reset();  // of another distribution
    measure_residual(result_.model.chain, solution);
    solution.converged = solution.converged || enough();  // whatever the methods came to: it is another answer now
  }

  // Whether a relative proof makes another one superfluous: it bounds every measure, too.
  bool enough(const std::vector<Query>& queries) const {
    const auto bounded = [this](const Query* leaf) {
      return leaf->target || relative_bound(*leaf, result_.relative->proof).proven;
    };
    return enough() && std::all_of(queries.begin(), queries.end(), [&](const Query& query) {
             const std::vector<const Query*> leaves = leaves_of(query);
             return std::all_of(leaves.begin(), leaves.end(), bounded);
           });
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
    observer_.begins("proving an error bound");
    const double target = choice_.error ? 0.9 * *choice_.error : usual_target;
    try {
      result_.certificate = certify_or_check(target, choice_.asked() ? Effort::any : Effort::modest);
    } catch (const std::bad_alloc&) {
      result_.certificate.emplace();
      throw;
    }
    if (result_.certificate)
      result_.proof_cut =
          cut_of(result_.certificate->cut, "about twice the cost of the solve", "--error", deadline_.over());
  }

  // Where there is no memory for a proof, the answer is checked before that is thrown.
  std::optional<Certificate> certify_or_check(double target, Effort effort) {
    try {
      return steady::certify_or_check(
          result_.model.chain, result_.solution, what_is_left(), observer_.solver, target, effort,
          [this] { return interrupted(); }, Checked::yes, result_.similar);
    } catch (const std::bad_alloc&) {
      look_for_slow_modes();
      throw;
    }
  }

  void look_for_slow_modes() {
    check_aggregates(result_.model.chain, result_.solution, what_is_left(), observer_.solver, Checked::yes);
  }

  Options what_is_left() const {
    Options left = options_;
    left.time_limit = deadline_.left();
    left.check_aggregates = false;
    return left;
  }

  const ProofOptions& choice_;
  const Options& options_;
  const Deadline& deadline_;
  const AnswerObserver& observer_;
  Result& result_;
};

// Whether there is something to bound the query by. `long_runs`: whether these are proven.
bool provable(const Query& query, bool long_runs, const Result& result) {
  const std::vector<const Query*> leaves = leaves_of(query);
  return result.proof_wanted &&
         std::all_of(leaves.begin(), leaves.end(), [&](const Query* leaf) { return leaf->target || long_runs; });
}

// What is not proven is of the rates given alone, and answers nothing where these are uncertain.
Measure left_open(Measure measure, const Result& result) {
  if (!result.rates.uncertain() || !measure.holds) return measure;
  measure.holds.reset();
  measure.undecided = true;
  return measure;
}

// What the comparison of a truncation's sets of states says of a query, in place of a proof.
void estimate(const Query& query, const LeafValue& value, const Result& result, Measure& measure) {
  const auto range = [&](const Query& leaf) {
    const double middle = value(leaf), error = result.estimated_error(middle);
    const Interval near = Interval(middle) + Interval(-error, error);
    return leaf.probability ? Interval(std::clamp(near.low, 0.0, 1.0), std::clamp(near.high, 0.0, 1.0)) : near;
  };
  prove(query, LeafEnclosure(range), measure);
  measure.estimated_error = measure.bound.value_or(INFINITY);
  for (auto* proven : {&measure.bound, &measure.bound_relative, &measure.lower, &measure.upper}) proven->reset();
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

// The averages, but not numbers where a divisor may be 0.
Averages without_zeros(const Query& query, const Averages& averages, const LeafEnclosures& enclose,
                       std::size_t states) {
  if (!divides(query)) return averages;
  std::map<const Query*, std::vector<double>> values;
  std::map<const Query*, std::vector<Interval>> ranges;
  for (const Query* leaf : leaves_of(query)) {
    values[leaf] = averages(*leaf);
    ranges[leaf] = enclose(*leaf);
  }
  std::vector<std::pair<const Query*, State>> zeros;
  for (const State s : query.filter->states) {
    const auto range = [&](const Query& leaf) { return ranges.at(&leaf).at(s); };
    const auto value = [&](const Query& leaf) { return values.at(&leaf).at(s); };
    if (s < states)  // evaluate() refuses others
      for (const Query* leaf : leaves_of_zeros(query, range, value)) zeros.emplace_back(leaf, s);
  }
  for (const auto& [leaf, s] : zeros) values.at(leaf)[s] = NAN;
  return [values = std::move(values)](const Query& leaf) { return values.at(&leaf); };
}

}  // namespace

void require_consistent(const ProofOptions& options, const ProvenRates& rates) {
  if (options.no_certify && options.asked())
    throw Error("--no-certify stands against --certify, --error and --relative");
  if (options.no_certify && (rates.interval || rates.within > 0))
    throw Error("--rates and --rates-within say what is proven, and --no-certify that nothing is");
  if (options.accuracy == Accuracy::absolute && options.relative)
    throw Error("--accuracy absolute stands against --relative");
  if (options.accuracy == Accuracy::relative && options.no_certify)
    throw Error("--accuracy relative comes with its proof, and --no-certify wants none");
}

void prove(const AnswerOptions& options, const std::vector<Query>& queries, const Deadline& deadline,
           const AnswerObserver& observer, Result& result) {
  const ProofOptions& wanted = options.proof;
  const Accuracy accuracy = wanted.relative ? Accuracy::relative : wanted.accuracy;
  const bool asked = wanted.asked() || accuracy == Accuracy::relative;
  if (!result.solution.converged && !asked) return;
  AnswerProver prover(options, deadline, observer, result);
  if (wanted.no_certify) return prover.check();
  const bool relatively = wants_relative(accuracy, queries, result.solution);
  result.relative_for_rare = relatively && accuracy == Accuracy::automatic;
  prover.prove(relatively, queries);
}

bool proven_by_truncation(const Query& query, const Result& result) {
  const std::vector<const Query*> leaves = leaves_of(query);
  return result.truncation_proven() &&
         std::all_of(leaves.begin(), leaves.end(), [](const Query* leaf) { return leaf->probability; });
}

Measure answer(const Query& query, const Passages& passages, const Result& result) {
  const bool truncated = proven_by_truncation(query, result);
  const auto enclose = [&](const Query& leaf) {
    return leaf.target ? passages.enclosure(leaf)
           : truncated ? enclose_probability(leaf.value, result)
                       : detail::enclose(leaf, result.enclosure());
  };
  const LeafValue value = [&](const Query& leaf) {
    if (leaf.target) return passages.value(leaf);
    if (result.relatively_proven())
      if (const Interval range = enclose(leaf); range.finite()) return middle(range);
    return evaluate(leaf, result.solution.distribution, Checked::yes).value.value_or(NAN);
  };
  const std::set<const Query*> zeros = leaves_of_zeros(query, enclose, value);
  Measure measure =
      evaluate(query, LeafValue([&](const Query& leaf) { return zeros.contains(&leaf) ? NAN : value(leaf); }));
  if (!result.whole() && !truncated) {
    estimate(query, value, result, measure);
    return measure;
  }
  if (!truncated && !provable(query, result.proven(), result)) return left_open(std::move(measure), result);
  prove(query, LeafEnclosure(enclose), measure);
  return measure;
}

Measure answer(const Query& query, const Averages& averages, const Passages& passages, const Result& result) {
  const bool one_end = result.solution.components.size() == 1;  // of all states, not only of those that can be reached
  const std::size_t states = result.model.chain.size();
  const auto enclose = [&](const Query& leaf) {
    return leaf.target ? passages.enclosures(leaf)
                       : std::vector<Interval>(states, detail::enclose(leaf, result.enclosure()));
  };
  const Averages values = [&](const Query& leaf) {
    if (leaf.target) return passages.values(leaf);
    if (one_end && result.relatively_proven())
      if (const Interval range = result.enclosure()(leaf.value); range.finite())
        return std::vector<double>(states, middle(range));
    return averages(leaf);
  };
  const auto known = [&](const Query& leaf) {
    return leaf.target || one_end ? enclose(leaf) : std::vector<Interval>(states, any_number);
  };
  Measure measure = evaluate(query, without_zeros(query, values, known, states));
  if (!provable(query, one_end && result.proven(), result)) return left_open(std::move(measure), result);
  prove_filtered(query, enclose, measure);
  return measure;
}

}  // namespace steady::detail
