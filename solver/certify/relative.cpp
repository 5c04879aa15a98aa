#include "solver/certify/relative.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/chain/arithmetic.hpp"
#include "solver/certify/certify.hpp"
#include "solver/closed_chain.hpp"
#include "solver/entrywise.hpp"
#include "solver/option_ranges.hpp"

namespace steady::detail {
namespace {

constexpr double unit = 0x1p600;  // p of the references: far from both ends of the range of doubles
constexpr double least_slack = 0x1p-900;
constexpr double least_work = 3e8;         // that a proof nobody asked for may take, in transitions visited
constexpr double bytes_a_transition = 60;  // of the chain and the sweeps

const RelativeProof cut_short("the proof was cut short");

class RelativeProver {
 public:
  RelativeProver(const Chain& chain, const Solution& solution, const RelativeOptions& options)
      : chain_(chain),
        solution_(solution),
        options_(options),
        closed_(chain, solution.distribution),
        solver_(closed_.chain(), closed_.common(), direction_of(solution), solution.eliminated, limits()),
        checker_(chain) {
    claim_ = {closed_.block(), closed_.reference(), {}, unit};
  }

  RelativeCertificate run() {
    try {
      find_proportions();
      prove();
      while (error_ > options_.target && refine()) prove();
    } catch (const EntrywiseSolver::Interrupted&) {
      best_.cut = Certificate::Cut::interrupted;
      if (!best_.proof.holds()) best_.proof = cut_short;
    }
    settle();
    return std::move(best_);
  }

 private:
  using StoppingCriterion = EntrywiseSolver::StoppingCriterion;

  EntrywiseSolver::Limits limits() const {
    EntrywiseSolver::Limits limits;
    if (options_.effort == Effort::modest) limits.work = std::max(6 * work_of(chain_, solution_), least_work);
    if (options_.memory_limit > 0) {
      const auto entries = static_cast<double>(chain_.inflow.entries());
      const double left = options_.memory_limit * gib - bytes_a_transition * entries;
      limits.entries = static_cast<std::uint64_t>(std::max(0.0, 0.7 * left / sizeof(double)));
    }
    limits.interrupted = options_.interrupted;
    return limits;
  }

  // --- p ------------------------------------------------------------------------------------------------------------

  void find_proportions() {
    std::vector<double> x = closed_.gather(start());
    if (closed_.size() > 1) solver_.solve(closed_.inflow_from_common(unit), {}, StoppingCriterion::balanced, 0.5, x);
    claim_.p = {closed_.spread(x, unit)};
  }

  // The solution, in each closed set with the unit in its reference.
  std::vector<double> start() const {
    const std::vector<State>& block = closed_.block();
    std::vector<double> p = solution_.distribution;
    for_each_entry(p.size(), [&](std::size_t i) {
      if (block[i] >= claim_.reference.size()) return;
      const double likeliest = solution_.distribution[claim_.reference[block[i]]];
      p[i] = likeliest > 0 ? std::max(p[i], 0.0) / likeliest * unit : 0;
    });
    return p;
  }

  // --- the proof ----------------------------------------------------------------------------------------------------

  void prove() {
    const std::string reason = checker_.accept(claim_);
    if (reason.empty()) best_.imbalance = checker_.relative_imbalance(least_held);
    RelativeProof proof = !reason.empty() ? RelativeProof(reason) : hopeless() ? cut_short : prove_accepted();
    const double error = proof.holds() ? proof.error() : INFINITY;
    if (best_.proof.holds() && !(error < error_)) return;
    best_.proof = std::move(proof);
    error_ = error;
  }

  // Whether hardly a digit of some probability can come of more work that nobody asked for.
  bool hopeless() const { return options_.effort == Effort::modest && best_.imbalance > 0.5; }

  // By y with y M = b, b twice what the checker asks for. Where the chain takes more steps to its reference than a
  // double has digits, in two parts.
  RelativeProof prove_accepted() {
    const double rounding = claim_.p.size() == 1 ? 0x1p-50 : 0x1p-100;
    std::vector<double> b(chain_.size()), y(closed_.size(), 0.0);
    for_each_entry(b.size(), [&](std::size_t i) {
      const double flow = std::abs(claim_.p[0][i]) * chain_.exit_rate[i];
      b[i] = std::max(2 * checker_.imbalance(i) + rounding * flow, least_slack);
    });
    if (closed_.size() > 1)
      solver_.solve(closed_.gather(b), closed_.gather(claim_.p[0]), StoppingCriterion::majorised, 1, y);
    Expansion witness = {closed_.spread(y, 0)};
    RelativeProof proof = checker_.check(witness);
    if (proof.holds()) return proof;
    for_each_entry(b.size(), [&](std::size_t i) { b[i] -= middle(checker_.slack(witness, i)); });
    const auto correction = solver_.solve_eliminated(closed_.gather(b));
    if (!correction) return proof;
    add(closed_.spread(*correction, 0), witness);
    return checker_.check(witness);
  }

  // Adds a correction to p, in two parts; returns whether it could.
  bool refine() {
    if (!(error_ < refined_ / 2) && claim_.p.size() > 1) return false;
    refined_ = error_;
    std::vector<double> r(chain_.size());
    for_each_entry(r.size(), [&](std::size_t i) { r[i] = middle(checker_.residual()[i]); });
    const auto correction = solver_.solve_eliminated(closed_.gather(r));
    if (correction) add(closed_.spread(*correction, 0), claim_.p);
    return correction.has_value();
  }

  void settle() {
    best_.passes = solver_.passes();
    if (!best_.proof.holds() && solver_.out_of_work()) {
      best_.cut = Certificate::Cut::work;
      best_.proof = RelativeProof("the proof was cut by its own limit");
    }
    if (best_.proof.holds() && !std::isfinite(error_))
      best_.proof = RelativeProof("of some probability no digit is known");
    best_.distribution = solution_.distribution;
    if (!best_.proof.holds()) return;
    // Where hardly a digit of some probability is known, as where the weights of closed sets are open, the solver's is
    // nearer.
    constexpr double known = 1e-3;
    if (error_ <= known) best_.distribution = best_.proof.distribution();
    best_.total_variation = best_.proof.total_variation(best_.distribution);
  }

  const Chain& chain_;
  const Solution& solution_;
  const RelativeOptions& options_;
  const ClosedChain closed_;
  EntrywiseSolver solver_;
  RelativeChecker checker_;
  Proportions claim_;
  double error_ = INFINITY, refined_ = INFINITY;  // of the best proof; of that before the last refinement
  RelativeCertificate best_;
};

// The sum of p(i) f(i), and the largest |f(i)|, over the closed sets.
struct Average {
  double value = 0, most = 0;
  Average& operator+=(const Average& other) {
    value += other.value;
    most = std::max(most, other.most);
    return *this;
  }
};
Average average(const std::function<double(State)>& f, const Solution& solution) {
  Average result;
  for (const BottomComponent& part : solution.components)
    result += sum_over_blocks<Average>(part.states.size(), [&](std::size_t first, std::size_t last) {
      Average some;
      for (std::size_t k = first; k < last; ++k) {
        const double value = f(part.states[k]);
        some += {solution.distribution[part.states[k]] * value, std::abs(value)};
      }
      return some;
    });
  return result;
}

}  // namespace

RelativeCertificate certify_relatively(const Chain& chain, const Solution& solution, const RelativeOptions& options,
                                       Checked checked) {
  if (!(options.target >= 0)) throw Error(fmt::format("a proof to a relative error of {}", options.target));
  require_in_range("memory-limit", options.memory_limit);
  require_whole(chain);
  if (checked == Checked::no) {
    validate(chain);
    require_one_entry_a_state(solution.distribution, chain, "solution");
  }
  const Stopwatch watch;
  RelativeCertificate certificate{cut_short, Certificate::Cut::interrupted, solution.distribution};
  if (!options.interrupted())  // else a large chain is not even looked at
    certificate = RelativeProver(chain, solution, options).run();
  certificate.seconds = watch.seconds();
  return certificate;
}

RelativeBound relative_bound(const Query& query, const RelativeProof& proof) {
  const auto not_proven = [](std::string why) { return RelativeBound{false, std::move(why), {}}; };
  if (!proof.holds()) return not_proven(proof.reason());
  if (query.connective != Query::Connective::none) return not_proven("a combination has no value");
  const Enclosure average = [&](const std::function<double(State)>& f) { return proof.bounds(f); };
  const auto range = [&](const Query& leaf) { return leaf.target ? Interval(NAN) : enclose(leaf, average); };
  const Interval bounds = number_of<Interval>(query, range);
  if (!bounds.finite()) return not_proven("a number left the range of doubles");
  return {true, "", bounds};
}

bool is_rare(const Query& query, const Solution& solution) {
  constexpr double rare = 1e-6;
  const std::vector<const Query*> leaves = leaves_of(query);
  return std::any_of(leaves.begin(), leaves.end(), [&](const Query* leaf) {
    if (leaf->target) return false;
    const auto [value, most] = average(leaf->value, solution);
    return most > 0 && !(std::abs(value) >= rare * most);
  });
}

bool wants_relative(Accuracy accuracy, const std::vector<Query>& queries, const Solution& solution) {
  if (accuracy != Accuracy::automatic) return accuracy == Accuracy::relative;
  return std::any_of(queries.begin(), queries.end(), [&](const Query& query) { return is_rare(query, solution); });
}

}  // namespace steady::detail
