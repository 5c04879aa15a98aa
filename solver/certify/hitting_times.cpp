#include "solver/certify/hitting_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "formats/base/parallel.hpp"
#include "solver/absorbing_system.hpp"
#include "solver/certify/block_elimination.hpp"
#include "solver/certify/blocks.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/elimination/sparse_elimination.hpp"

namespace steady::detail {

namespace {

constexpr std::size_t fallback_limit = 4000;  // states of a block that is eliminated densely where iteration fails
constexpr double most_passes = 100'000;       // over the matrix, in one solve

class Prover {
 public:
  Prover(const Chain& chain, const CertifyOptions& options, const ProofHints& hints)
      : chain_(chain), options_(options), hints_(hints), checker_(chain), work_(options.work) {}

  Certificate run(const std::vector<double>& distribution) {
    blocks_ = find_blocks(chain_, distribution, options_.similar);
    witness_.distribution = {distribution};
    for (std::size_t i = 0; i < chain_.size(); ++i)
      if (blocks_.sets.component[i] == no_component) witness_.distribution[0][i] = 0;
    try {
      look_();
      if (blocks_.largest() <= dense_limit)
        eliminate();
      else if (!factorise())
        iterate();
    } catch (const Interrupted&) {
      best_.cut = Certificate::Cut::interrupted;
    }
    if (best_.proven) settle(distribution);
    return std::move(best_);
  }

 private:
  struct Interrupted {};

  void spent() { best_.cut = Certificate::Cut::work; }

  // Hands the witnesses that do not depend on p to the checker; returns whether it takes them.
  bool accepted() {
    const std::string reason =
        checker_.accept(blocks_.sets, std::move(witness_.hitting_times), witness_.visiting_times);
    if (!best_.proven) best_.reason = reason;
    return reason.empty();
  }

  // Keeps the proof if it is the best so far; returns whether it is good enough.
  bool check() {
    Proof proof = checker_.check(witness_.distribution);
    work_ -= 10 * static_cast<double>(chain_.inflow.entries());
    if (!proof.holds && !best_.proven) best_.reason = proof.reason;
    residual_ = std::move(proof.residual);
    if (proof.holds && !(proof.total_variation >= found_.bound)) {
      best_.proven = true;
      found_.bound = proof.total_variation;
      found_.mass = proof.mass;
      found_.exact = witness_.distribution;
    }
    return found_.bound <= options_.target;
  }

  // --- small blocks --------------------------------------------------------------------------------------------------

  void eliminate() {
    eliminate_in_doubles();
    if (accepted() && check()) return;
    if (blocks_.elimination_cost() * long_cost > work_) return spent();
    eliminate_blocks_in_192_bits(chain_, checker_.outflow(), blocks_, look_, witness_);
    if (accepted()) check();
  }

  void eliminate_in_doubles() { eliminate_blocks(chain_, checker_.outflow(), blocks_, look_, witness_); }

  // --- one set, eliminated sparsely ----------------------------------------------------------------------------------

  // Finds hitting times and corrections by the same factors, where those cost no more than iterations are likely to.
  // Returns whether it did.
  bool factorise() {
    constexpr double likely = 200;  // passes
    const auto entries = static_cast<double>(chain_.inflow.entries()), states = static_cast<double>(chain_.size());
    if (blocks_.several() || !(hints_.direct || entries > states * states / 16)) return false;
    std::vector<State> own = blocks_.inside[0];
    own.insert(std::lower_bound(own.begin(), own.end(), blocks_.sets.reference[0]), blocks_.sets.reference[0]);
    const Subchain subchain(chain_, own);
    const LocalNumbers local(own, chain_.size());
    const auto stop = [&] { return options_.interrupted(); };
    EliminationLimits limits;
    if (!hints_.direct) limits.multiplications = std::min(work_, likely * entries);
    const auto plan = plan_elimination(subchain.chain(), limits, stop, local[blocks_.sets.reference[0]]);
    look_();
    if (!plan) return false;
    const auto factors = SparseFactors<double>::make(subchain.chain(), *plan, stop, true);
    look_();
    if (!factors) return false;
    work_ -= plan->multiplications;

    // f of what x has in the set's states, put where they belong among all.
    const auto within = [&](auto f, auto x) {
      std::vector<double> part(own.size()), all(chain_.size(), 0.0);
      for (std::size_t i = 0; i < own.size(); ++i) part[i] = own[i] == blocks_.sets.reference[0] ? 0 : x(own[i]);
      part = f(part);
      for (std::size_t i = 0; i < own.size(); ++i) all[own[i]] = part[i];
      return all;
    };
    const auto column = [&](const std::vector<double>& b) { return factors->solve_column(b); };
    const auto row = [&](const std::vector<double>& b) { return factors->solve_row(b); };
    witness_.hitting_times = {within(column, [](State) { return 1.0; })};
    if (!accepted()) {  // where they are long, what a double is rounded by hides the 1
      Expansion& h = witness_.hitting_times = checker_.hitting_times();
      const std::vector<Interval> qh = checker_.column_product(h);
      add(within(column, [&](State i) { return 1 + middle(qh[i]); }), h);
      if (!accepted()) return true;
    }
    if (check()) return true;
    if (!hints_.direct) {  // relatively exact in every entry, which a correction of a poor answer would not be
      const std::vector<double> p = factors->stationary();
      for (std::size_t i = 0; i < own.size(); ++i) witness_.distribution[0][own[i]] = p[i];
      if (check()) return true;
    }
    improve([&] {
      add(within(row, [&](State i) { return middle(residual_[i]); }), witness_.distribution);
      return true;
    });
    return true;
  }

  // --- large ones ----------------------------------------------------------------------------------------------------

  void iterate() {
    std::vector<bool> stopped(chain_.size());
    for (std::size_t i = 0; i < chain_.size(); ++i) stopped[i] = blocks_.sets.component[i] == no_component;
    for (const State reference : blocks_.sets.reference) stopped[reference] = true;
    if (blocks_.several() && !blocks_.outside.empty()) visit_iteratively();
    if (blocks_.several() && blocks_.outside.empty())
      witness_.visiting_times.assign(1, std::vector<double>(chain_.size(), 0.0));
    if (blocks_.similar) witness_.hitting_times = options_.similar->proof->hitting_times;
    const bool known = blocks_.similar && accepted();
    if (!known) witness_.hitting_times.clear();
    if (!known && !find_hitting_times(stopped) && blocks_.largest() <= fallback_limit &&
        blocks_.elimination_cost() <= work_)
      eliminate_in_doubles();
    if ((!known && !accepted()) || check()) return;

    const AbsorbingSystem columns(chain_.inflow, chain_.exit_rate, stopped, hints_.direction);
    improve([&] {
      if (!correct(columns, stopped)) return false;
      if (blocks_.several()) balance();
      return true;
    });
  }

  // Calls correct(), which returns whether it did, as long as that makes the bound clearly smaller.
  template <class Correct>
  void improve(Correct correct) {
    for (double before = INFINITY; best_.proven && found_.bound < before / 2;) {
      before = found_.bound;
      if (!correct() || check()) return;
    }
  }

  // Calls f(passes) with the passes over the matrix that the work left allows, and subtracts what it used.
  template <class Function>
  bool spend(const AbsorbingSystem& chain, Function f) {
    const double one = work_of_pass(chain_.inflow, chain.levels());
    const auto allowed = static_cast<std::size_t>(std::clamp(work_ / one, 0.0, most_passes));
    std::size_t passes = allowed;
    const bool done = f(passes);
    work_ -= static_cast<double>(allowed - passes) * one;
    look_();
    if (!done) spent();
    return done;
  }

  // A h = 1 until A h >= 0.1 everywhere.
  bool find_hitting_times(const std::vector<bool>& stopped) {
    std::vector<double> one(chain_.size()), h;
    for (std::size_t i = 0; i < one.size(); ++i) one[i] = stopped[i] ? 0 : 1;
    const AbsorbingSystem rows(checker_.outflow(), chain_.exit_rate, stopped, opposite(hints_.direction));
    const bool found = spend(rows, [&](std::size_t& passes) {
      auto [times, reached, iterations] = rows.solve(std::move(one),
                                                     {AbsorbingSystem::StoppingCriterion::Size::largest, 0.9,
                                                      [this](std::size_t) { return options_.interrupted(); }},
                                                     passes);
      h = std::move(times);
      return reached;
    });
    for (double& time : h) time = std::max(time, 0.0);
    witness_.hitting_times = {std::move(h)};
    return found;
  }

  // Until the residual is a fraction of what it was.
  AbsorbingSystem::StoppingCriterion fallen(const std::vector<double>& b, double fraction) const {
    const double norm = sum_over_blocks<double>(b.size(), [&](std::size_t first, std::size_t last) {
      double block = 0;
      for (std::size_t i = first; i < last; ++i) block += std::abs(b[i]);
      return block;
    });
    return {AbsorbingSystem::StoppingCriterion::Size::sum, fraction * norm,
            [this](std::size_t) { return options_.interrupted(); }};
  }

  // p = p + x with x A = p Q, p in two parts.
  bool correct(const AbsorbingSystem& columns, const std::vector<bool>& stopped) {
    std::vector<double> r(chain_.size()), x;
    for_blocks(r.size(), [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) r[i] = stopped[i] ? 0 : middle(residual_[i]);
    });
    std::vector<Interval>().swap(residual_);
    const AbsorbingSystem::StoppingCriterion criterion = fallen(r, 1e-4);
    const bool found = spend(columns, [&](std::size_t& passes) {
      auto [correction, reached, iterations] = columns.solve(std::move(r), criterion, passes);
      x = std::move(correction);
      return reached;
    });
    if (found) add(x, witness_.distribution);
    return found;
  }

  // y A = a on the states outside.
  void visit_iteratively() {
    std::vector<bool> inside(chain_.size(), true);
    for (const State state : blocks_.outside) inside[state] = false;
    std::vector<double> a(chain_.size(), 0.0);
    for (const auto& [state, probability] : chain_.initial)
      if (!inside[state]) a[state] += probability;
    const AbsorbingSystem columns(chain_.inflow, chain_.exit_rate, inside, hints_.direction);
    const AbsorbingSystem::StoppingCriterion criterion = fallen(a, 1e-14);
    spend(columns, [&](std::size_t& passes) {
      auto [times, reached, iterations] = columns.solve(std::move(a), criterion, passes);
      witness_.visiting_times = {std::move(times)};
      return reached;
    });
  }

  // Gives each set the mass that the visiting times say.
  void balance() {
    const std::vector<Interval> flow = checker_.row_product(witness_.visiting_times);
    std::vector<double> weight(blocks_.inside.size(), 0.0), mass(blocks_.inside.size(), 0.0);
    for (const auto& [state, probability] : chain_.initial)
      if (blocks_.sets.component[state] != no_component) weight[blocks_.sets.component[state]] += probability;
    for (std::size_t i = 0; i < flow.size(); ++i) {
      if (blocks_.sets.component[i] == no_component) continue;
      weight[blocks_.sets.component[i]] += middle(flow[i]);
      mass[blocks_.sets.component[i]] += witness_.distribution[0][i];
    }
    for (std::size_t i = 0; i < flow.size(); ++i) {
      if (blocks_.sets.component[i] == no_component) continue;
      const double factor = weight[blocks_.sets.component[i]] / mass[blocks_.sets.component[i]];
      const auto [value, error] = two_product(witness_.distribution[0][i], factor);
      witness_.distribution[0][i] = value;
      witness_.distribution[1][i] = error + witness_.distribution[1][i] * factor;
    }
  }

  // --- the end -------------------------------------------------------------------------------------------------------

  // What is said of a vector of doubles: the given one, or where that was improved the proven one, rounded.
  void settle(const std::vector<double>& given) {
    const auto bound_of = [this](const std::vector<double>& p) {
      return (Interval(found_.bound) + distance(p, found_.exact, found_.mass)).high;
    };
    best_.distribution = given;
    best_.total_variation = bound_of(given);
    if (found_.exact.size() > 1 || found_.exact[0] != given) {  // the given one may hold a NaN
      std::vector<double> rounded(given.size());
      for_blocks(rounded.size(), [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
          rounded[i] = std::max(middle(entry_of(found_.exact, i) / found_.mass), 0.0);
      });
      const double bound = bound_of(rounded);
      if (!(bound >= best_.total_variation)) {
        best_.improved = true;
        best_.distribution = std::move(rounded);
        best_.total_variation = bound;
      }
    }
    if (!(best_.total_variation <= 1)) {
      best_.proven = false;
      best_.reason = fmt::format("the error bound that was found, {:.2g}, is over 1", best_.total_variation);
    }
    best_.reference_states = blocks_.sets.reference;
    found_.sets = std::move(blocks_.sets);
    found_.hitting_times = checker_.hitting_times();
    best_.proof = std::make_shared<const ProvenDistribution>(std::move(found_));
  }

  const Chain& chain_;
  const CertifyOptions& options_;
  const ProofHints& hints_;
  const std::function<void()> look_ = [this] {
    if (options_.interrupted()) throw Interrupted();
  };
  Checker checker_;
  double work_;
  Blocks blocks_;
  Witness witness_;
  std::vector<Interval> residual_;  // p Q of the p checked last
  Certificate best_;
  ProvenDistribution found_;  // the best so far
};

}  // namespace

Certificate certify_by_hitting_times(const Chain& chain, const std::vector<double>& distribution,
                                     const CertifyOptions& options, const ProofHints& hints) {
  return Prover(chain, options, hints).run(distribution);
}

}  // namespace steady::detail
