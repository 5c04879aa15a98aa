#include "solver/certify/certify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/base/stopwatch.hpp"
#include "solver/absorbing_system.hpp"
#include "solver/certify/majorant.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/elimination/sparse_elimination.hpp"
#include "solver/structure/structure.hpp"

namespace steady {

using namespace detail;
namespace {

using Long =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<192, boost::multiprecision::digit_base_2>,
                                  boost::multiprecision::et_off>;
constexpr std::size_t long_parts = 3;  // doubles that hold a Long nearly
constexpr double long_cost = 100;      // of one operation, in transitions visited

constexpr std::size_t fallback_limit = 4000;  // states of a block that is eliminated densely where iteration fails
constexpr double most_passes = 100'000;       // over the matrix, in one solve

// The number at state i of x, as a sum of doubles.
template <class Number>
void put(Number number, Expansion& x, State i) {
  for (std::vector<double>& part : x) {
    part[i] = static_cast<double>(number);
    number -= part[i];
  }
}

class Prover {
 public:
  Prover(const Chain& chain, const CertifyOptions& options, const ProofHints& hints)
      : chain_(chain), options_(options), hints_(hints), checker_(chain), work_(options.work) {}

  Certificate run(const std::vector<double>& distribution) {
    find_sets(distribution);
    witness_.distribution = {distribution};
    for (std::size_t i = 0; i < chain_.size(); ++i)
      if (sets_.component[i] == no_component) witness_.distribution[0][i] = 0;
    try {
      look();
      if (largest_block() <= dense_limit)
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
  void look() const {
    if (options_.interrupted()) throw Interrupted();
  }

  void spent() { best_.cut = Certificate::Cut::work; }

  // The reachable bottom components and the states outside, each a block; references.
  void find_sets(const std::vector<double>& distribution) {
    const Components components = find_components(chain_);
    std::vector<State> number(components.count, no_component);
    for (std::size_t c = 0; c < components.count; ++c)
      if (components.bottom[c] && components.reachable[c]) {
        number[c] = static_cast<State>(sets_.reference.size());
        sets_.reference.push_back(no_component);
      }
    blocks_.resize(sets_.reference.size());
    sets_.component.resize(chain_.size());
    for (std::size_t i = 0; i < chain_.size(); ++i) {
      const auto state = static_cast<State>(i);
      const State own = sets_.component[i] = number[components.of[i]];
      if (own == no_component) {
        if (components.reachable[components.of[i]]) outside_.push_back(state);
        continue;
      }
      blocks_[own].push_back(state);
      State& reference = sets_.reference[own];
      if (reference == no_component || distribution[i] > distribution[reference]) reference = state;
    }
    similar_ = is_similar(distribution);
    if (similar_) sets_.reference = options_.similar->proof->sets.reference;
    for (std::size_t s = 0; s < blocks_.size(); ++s)
      blocks_[s].erase(std::find(blocks_[s].begin(), blocks_[s].end(), sets_.reference[s]));
  }

  bool several() const { return blocks_.size() > 1; }

  // Whether there is a proof of a chain with the same closed sets, whose reference states are likely in this one, too.
  bool is_similar(const std::vector<double>& distribution) const {
    constexpr double likely = 0.1;  // beside the most likely state
    if (options_.similar == nullptr || !options_.similar->proof) return false;
    const LongRun& there = options_.similar->proof->sets;
    if (there.component != sets_.component) return false;
    for (std::size_t s = 0; s < blocks_.size(); ++s)
      if (!(distribution[there.reference[s]] >= likely * distribution[sets_.reference[s]])) return false;
    return true;
  }

  std::size_t largest_block() const {
    std::size_t largest = several() ? outside_.size() : 0;
    for (const std::vector<State>& block : blocks_) largest = std::max(largest, block.size());
    return largest;
  }

  // Hands the witnesses that do not depend on p to the checker; returns whether it takes them.
  bool accepted() {
    const std::string reason = checker_.accept(sets_, std::move(witness_.hitting_times), witness_.visiting_times);
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
    find_witnesses<double>(1);
    if (accepted() && check()) return;
    if (elimination_cost() * long_cost > work_) return spent();
    find_witnesses<Long>(long_parts);
    if (accepted()) check();
  }

  double elimination_cost() const {  // multiplications
    double cost = several() ? std::pow(outside_.size(), 3) / 3 : 0;
    for (const std::vector<State>& block : blocks_) cost += std::pow(block.size(), 3) / 3;
    return cost;
  }

  // Every witness by elimination; the distribution, too, where it takes more than one part.
  template <class Number>
  void find_witnesses(std::size_t parts) {
    const Expansion zero(parts, std::vector<double>(chain_.size(), 0.0));
    std::vector<State> place(chain_.size(), 0);
    std::vector<Number> weight(blocks_.size(), 1);
    if (several()) weight = visit<Number>(place, parts);
    witness_.hitting_times = zero;
    if (parts > 1) witness_.distribution = zero;
    for (std::size_t s = 0; s < blocks_.size(); ++s) {
      const std::vector<State>& block = blocks_[s];
      std::vector<Number> p;
      if (!block.empty()) {
        const GthFactors<Number> factors = factors_of<Number>(block, place);
        const std::vector<Number> h = factors.solve_column(std::vector<Number>(block.size(), 1));
        for (std::size_t i = 0; i < block.size(); ++i) put(h[i], witness_.hitting_times, block[i]);
        if (parts > 1) p = factors.solve_row(rates_of<Number>(sets_.reference[s], block, place));
      }
      if (parts == 1) continue;
      Number total = 1;
      for (const Number& x : p) total += x;
      put(Number(weight[s] / total), witness_.distribution, sets_.reference[s]);
      for (std::size_t i = 0; i < block.size(); ++i)
        put(Number(p[i] * weight[s] / total), witness_.distribution, block[i]);
    }
  }

  // Of the states of a block, from each of which the rest of the chain is reached. `place`: work space, one a state of
  // the chain, all 0 before and after.
  template <class Number>
  GthFactors<Number> factors_of(const std::vector<State>& block, std::vector<State>& place) const {
    const std::size_t n = block.size() + 1;  // 0: the rest of the chain
    const Csr& out = checker_.outflow();
    std::vector<Number> rate(n * n);
    for (std::size_t i = 1; i < n; ++i) place[block[i - 1]] = static_cast<State>(i);
    for (std::size_t i = 1; i < n; ++i)
      for (std::uint64_t k = out.row_start[block[i - 1]]; k < out.row_start[block[i - 1] + std::size_t{1}]; ++k)
        rate[i * n + place[out.column[k]]] += out.value[k];
    for (const State state : block) place[state] = 0;
    GthFactors<Number> factors(n, std::move(rate));
    while (factors.last() > 0) {
      if (factors.last() % 16 == 0) look();
      factors.censor();
    }
    return factors;
  }

  // The rates from a state to those of a block.
  template <class Number>
  std::vector<Number> rates_of(State from, const std::vector<State>& block, std::vector<State>& place) const {
    std::vector<Number> rates(block.size());
    const Csr& out = checker_.outflow();
    for (std::size_t i = 0; i < block.size(); ++i) place[block[i]] = static_cast<State>(i + 1);
    for (std::uint64_t k = out.row_start[from]; k < out.row_start[from + std::size_t{1}]; ++k)
      if (place[out.column[k]] > 0) rates[place[out.column[k]] - std::size_t{1}] = out.value[k];
    for (const State state : block) place[state] = 0;
    return rates;
  }

  // The expected times outside the sets; returns the probability to end in each.
  template <class Number>
  std::vector<Number> visit(std::vector<State>& place, std::size_t parts) {
    std::vector<Number> start(chain_.size(), 0), weight(blocks_.size(), 0);
    Number total = 0;
    for (const auto& [state, probability] : chain_.initial) {
      start[state] += probability;
      total += probability;
      if (sets_.component[state] != no_component) weight[sets_.component[state]] += probability;
    }
    witness_.visiting_times.assign(parts, std::vector<double>(chain_.size(), 0.0));
    if (!outside_.empty()) {
      std::vector<Number> a;
      for (const State state : outside_) a.push_back(start[state]);
      const std::vector<Number> y = factors_of<Number>(outside_, place).solve_row(std::move(a));
      const Csr& out = checker_.outflow();
      for (std::size_t i = 0; i < outside_.size(); ++i) {
        put(y[i], witness_.visiting_times, outside_[i]);
        for (std::uint64_t k = out.row_start[outside_[i]]; k < out.row_start[outside_[i] + std::size_t{1}]; ++k)
          if (sets_.component[out.column[k]] != no_component)
            weight[sets_.component[out.column[k]]] += y[i] * out.value[k];
      }
    }
    for (Number& w : weight) w /= total;
    return weight;
  }

  // --- one set, eliminated sparsely
  // -----------------------------------------------------------------------------------

  // Finds hitting times and corrections by the same factors, where those cost no more than iterations are likely to.
  // Returns whether it did.
  bool factorise() {
    constexpr double likely = 200;  // passes
    const auto entries = static_cast<double>(chain_.inflow.entries()), states = static_cast<double>(chain_.size());
    if (several() || !(hints_.direct || entries > states * states / 16)) return false;
    std::vector<State> own = blocks_[0];
    own.insert(std::lower_bound(own.begin(), own.end(), sets_.reference[0]), sets_.reference[0]);
    const Subchain subchain(chain_, own);
    const LocalNumbers local(own, chain_.size());
    const auto stop = [&] { return options_.interrupted(); };
    EliminationLimits limits;
    if (!hints_.direct) limits.multiplications = std::min(work_, likely * entries);
    const auto plan = plan_elimination(subchain.chain(), limits, stop, local[sets_.reference[0]]);
    look();
    if (!plan) return false;
    const auto factors = SparseFactors<double>::make(subchain.chain(), *plan, stop, true);
    look();
    if (!factors) return false;
    work_ -= plan->multiplications;

    // f of what x has in the set's states, put where they belong among all.
    const auto within = [&](auto f, auto x) {
      std::vector<double> part(own.size()), all(chain_.size(), 0.0);
      for (std::size_t i = 0; i < own.size(); ++i) part[i] = own[i] == sets_.reference[0] ? 0 : x(own[i]);
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
    for (std::size_t i = 0; i < chain_.size(); ++i) stopped[i] = sets_.component[i] == no_component;
    for (const State reference : sets_.reference) stopped[reference] = true;
    if (several() && !outside_.empty()) visit_iteratively();
    if (several() && outside_.empty()) witness_.visiting_times.assign(1, std::vector<double>(chain_.size(), 0.0));
    if (similar_) witness_.hitting_times = options_.similar->proof->hitting_times;
    const bool known = similar_ && accepted();
    if (!known) witness_.hitting_times.clear();
    if (!known && !find_hitting_times(stopped) && largest_block() <= fallback_limit && elimination_cost() <= work_)
      find_witnesses<double>(1);
    if ((!known && !accepted()) || check()) return;

    const AbsorbingSystem columns(chain_.inflow, chain_.exit_rate, stopped, hints_.direction);
    improve([&] {
      if (!correct(columns, stopped)) return false;
      if (several()) balance();
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
    look();
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
    for (const State state : outside_) inside[state] = false;
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
    std::vector<double> weight(blocks_.size(), 0.0), mass(blocks_.size(), 0.0);
    for (const auto& [state, probability] : chain_.initial)
      if (sets_.component[state] != no_component) weight[sets_.component[state]] += probability;
    for (std::size_t i = 0; i < flow.size(); ++i) {
      if (sets_.component[i] == no_component) continue;
      weight[sets_.component[i]] += middle(flow[i]);
      mass[sets_.component[i]] += witness_.distribution[0][i];
    }
    for (std::size_t i = 0; i < flow.size(); ++i) {
      if (sets_.component[i] == no_component) continue;
      const double factor = weight[sets_.component[i]] / mass[sets_.component[i]];
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
    best_.reference_states = sets_.reference;
    found_.sets = std::move(sets_);
    found_.hitting_times = checker_.hitting_times();
    best_.proof = std::make_shared<const ProvenDistribution>(std::move(found_));
  }

  const Chain& chain_;
  const CertifyOptions& options_;
  const ProofHints& hints_;
  Checker checker_;
  double work_;
  LongRun sets_;
  bool similar_ = false;                    // they are those of options_.similar
  std::vector<std::vector<State>> blocks_;  // the states of each set but its reference
  std::vector<State> outside_;              // the reachable states in no set
  Witness witness_;
  std::vector<Interval> residual_;  // p Q of the p checked last
  Certificate best_;
  ProvenDistribution found_;  // the best so far
};

}  // namespace

void detail::add(const std::vector<double>& x, Expansion& to) {
  to.resize(2, std::vector<double>(x.size(), 0.0));
  for_blocks(x.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      DoubleDouble sum{to[0][i], to[1][i]};
      sum += x[i];
      to[0][i] = sum.high;
      to[1][i] = sum.low;
    }
  });
}

double detail::work_of_pass(const Csr& matrix, std::size_t levels) {
  constexpr double lanes = 8, barrier = 1000;  // states at once; transitions visited while threads wait for each other
  const auto states = static_cast<double>(matrix.rows()), entries = static_cast<double>(matrix.entries());
  const auto narrow = static_cast<double>(levels);
  return entries * std::clamp(lanes * narrow / states, 1.0, lanes) + barrier * narrow;
}

namespace {

// By what the solve has kept, if anything, and where that is not enough by a matrix of the proof's own.
Certificate find_proof(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options,
                       const ProofHints& hints) {
  const bool fits = hints.kept && hints.kept->inflow->size() == chain.size() && chain.size() > dense_limit;
  if (!fits || hints.direct || !chain.rate_error.empty() || !suits_majorant(*hints.kept))
    return Prover(chain, options, hints).run(distribution);
  CertifyOptions left = options;
  Certificate first = certify_by_majorant(chain, distribution, *hints.kept, left);
  const bool enough = first.proven && first.total_variation <= options.target;
  if (enough || first.cut == Certificate::Cut::interrupted) return first;
  Certificate second = Prover(chain, left, hints).run(first.proven ? first.distribution : distribution);
  first.cut = second.cut;
  if (first.proven && !(second.proven && second.total_variation <= first.total_variation)) return first;
  second.improved = second.improved || first.improved;
  return second;
}

}  // namespace

Certificate detail::certify(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options,
                            const ProofHints& hints, Checked checked) {
  if (!(options.target >= 0)) throw Error(fmt::format("a proof to a total variation of {}", options.target));
  if (!(options.work >= 0)) throw Error(fmt::format("a proof with a work of {}", options.work));
  if (checked == Checked::no) {
    validate(chain);
    require_one_entry_a_state(distribution, chain, "distribution");
  }
  require_whole(chain);
  const Stopwatch watch;
  Certificate certificate;
  if (options.interrupted())  // a large chain is not even looked at
    certificate.cut = Certificate::Cut::interrupted;
  else
    certificate = find_proof(chain, distribution, options, hints);
  certificate.seconds = watch.seconds();
  return certificate;
}

Certificate certify(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options,
                    Checked checked) {
  return certify(chain, distribution, options, {}, checked);
}

}  // namespace steady
