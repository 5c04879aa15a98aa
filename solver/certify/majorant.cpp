#include "solver/certify/majorant.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "formats/base/block_sum.hpp"
#include "formats/matrix/arrangement.hpp"
#include "solver/absorbing_system.hpp"
#include "solver/certify/certify.hpp"
#include "solver/certify/majorant_checker.hpp"
#include "solver/certify/restarted_chain.hpp"
#include "solver/preconditioners/multilevel.hpp"

namespace steady::detail {
namespace {

State most_likely(const std::vector<double>& p) {
  return static_cast<State>(std::max_element(p.begin(), p.end()) - p.begin());
}

double sum_of(const std::vector<double>& x) {
  return sum_over_blocks<double>(x.size(), [&](std::size_t first, std::size_t last) {
    double block = 0;
    for (std::size_t i = first; i < last; ++i) block += x[i];
    return block;
  });
}

// What solved the chain finds corrections, too.
std::unique_ptr<PreconditionerOperator<HostVector>> cycle(const Chain& chain, const KeptMatrix& kept,
                                                          const std::vector<double>& p) {
  if (kept.method != Method::multilevel) return nullptr;
  return std::make_unique<MultilevelPreconditioner<HostVector>>(IrreducibleChain{chain.inflow, chain.exit_rate},
                                                                *kept.inflow, kept.directions[1], kept.directions[0],
                                                                arranged(*kept.inflow, p));
}

class MajorantProver {
 public:
  MajorantProver(const Chain& chain, const std::vector<double>& distribution, const KeptMatrix& kept,
                 CertifyOptions& options)
      : chain_(chain),
        kept_(kept),
        options_(options),
        given_(distribution),
        p_(distribution),
        j_(most_likely(p_)),
        checker_(chain) {}

  Certificate run() {
    for_each_entry(p_.size(), [&](std::size_t i) { p_[i] = std::max(p_[i], 0.0); });
    imbalance_ = checker_.imbalance(p_);
    if (p_[j_] > 0 && find_majorant()) {
      check();
      for (int round = 0; round < most_rounds && found_.bound > options_.target && correct(); ++round) check();
    }
    settle();
    return std::move(best_);
  }

 private:
  // z Q = -b until the residual is everywhere at most so much of the slack, in so many passes; whether it is.
  bool solve(std::vector<double> b, double most, std::size_t allowed, std::vector<double>& z) {
    if (!system_) system_.emplace(*kept_.inflow, chain_.exit_rate, kept_.directions[0], cycle(chain_, kept_, p_));
    std::size_t passes = allowed;
    const AbsorbingSystem::StoppingCriterion criterion{AbsorbingSystem::StoppingCriterion::Size::in_units, most,
                                                       [this](std::size_t) { return options_.interrupted(); }, slack_};
    auto [solution, reached, iterations] = kept_.method == Method::gauss_seidel
                                               ? system_->solve_plainly(std::move(b), criterion, passes)
                                               : system_->solve(std::move(b), criterion, passes);
    z = std::move(solution);
    return spent(allowed - passes, reached);
  }

  // y M = slack until y M is everywhere at least what the share leaves of the slack; whether it is.
  bool find_y_by_cycles() {
    const double unit = chain_.exit_rate[j_] / sum_of(slack_);
    std::vector<double> b(slack_.size());
    for_each_entry(b.size(), [&](std::size_t i) { b[i] = slack_[i] * unit; });
    RestartedFlow flow =
        flow_restarted_at(j_, b, share, chain_, kept_.directions, allowed_passes(), options_.interrupted);
    for_each_entry(b.size(), [&](std::size_t i) { y_[i] = flow.y[i] / unit; });
    return spent(flow.passes, flow.reached);
  }

  // The same by z Q = -slack, where both sides sum to 0.
  bool find_y_by_iterations() {
    std::vector<double> b = slack_;
    b[j_] = -sum_of(b);
    if (!solve(std::move(b), share, allowed_passes(), y_)) return false;
    const double factor = y_[j_] / p_[j_];
    for_each_entry(y_.size(), [&](std::size_t i) { y_[i] = i == j_ ? 0 : std::max(y_[i] - factor * p_[i], 0.0); });
    return true;
  }

  double work_of_pass() const { return detail::work_of_pass(chain_.inflow, kept_.levels); }

  std::size_t allowed_passes() const {
    constexpr double most = 10'000;
    return static_cast<std::size_t>(std::clamp(options_.work / work_of_pass(), 0.0, most));
  }

  // Subtracts the passes from the work that is left; whether they have reached what they were for.
  bool spent(std::size_t passes, bool reached) {
    passes_ += passes;
    options_.work -= static_cast<double>(passes) * work_of_pass();
    if (options_.interrupted())
      best_.cut = Certificate::Cut::interrupted;
    else if (!reached)
      best_.cut = Certificate::Cut::work;
    return reached && best_.cut == Certificate::Cut::none;
  }

  // In units of about its mean: twice |r|, which is what the bound is to be about, but at least what all of |r| comes
  // to shared out evenly and as what flows: that iterations can find, and what rounding leaves of r is small beside.
  bool find_majorant() {
    const auto n = static_cast<double>(p_.size());
    std::vector<double> flow(p_.size());
    for_each_entry(flow.size(), [&](std::size_t i) { flow[i] = p_[i] * chain_.exit_rate[i]; });
    const double total = sum_of(imbalance_), all_flow = sum_of(flow);
    unit_ = 2 * total / n;
    if (!(unit_ >= std::numeric_limits<double>::min()) || !std::isfinite(unit_)) return false;
    slack_.resize(p_.size());
    for_each_entry(slack_.size(), [&](std::size_t i) {
      slack_[i] = i == j_ ? 0 : std::max(2 * imbalance_[i], total * (1 / n + flow[i] / all_flow)) / unit_;
    });
    y_.resize(p_.size());
    const bool found = kept_.method == Method::multilevel ? find_y_by_cycles() : find_y_by_iterations();
    passes_for_y_ = passes_;
    return found;
  }

  // Until |r| is everywhere so small that the bound will do. Returns whether there is another p.
  bool correct() {
    HostVector r(p_.size());
    kept_.inflow->residual(arranged(*kept_.inflow, p_), r, Tally::no);
    scale(1 / unit_, r);
    std::vector<double> x;
    const double most = 0.8 * (1 - share) * options_.target / (unit_ * sum_of(y_));
    const std::size_t allowed = std::min(allowed_passes(), 10 * passes_for_y_ + 100);  // rounding may keep r above that
    solve(rearranged(*kept_.inflow, r), most, allowed, x);
    if (best_.cut == Certificate::Cut::interrupted) return false;
    for_each_entry(x.size(), [&](std::size_t i) { p_[i] = std::max(p_[i] + unit_ * x[i], 0.0); });
    HostVector better = arranged(*kept_.inflow, p_);  // a sweep fills in what was cut off
    kept_.inflow->gauss_seidel_sweep(kept_.directions[0], 1, better);
    scale(1 / sum(better), better);
    p_ = rearranged(*kept_.inflow, better);
    imbalance_ = checker_.imbalance(p_);
    return true;
  }

  // Keeps the proof if it is the best so far.
  void check() {
    MajorantProof proof = checker_.check(p_, imbalance_, y_, j_);
    best_.reason = std::move(proof.reason);
    if (!proof.holds || !(proof.total_variation < found_.bound)) return;
    best_.proven = true;
    found_.exact = {p_};
    found_.mass = proof.mass;
    found_.bound = proof.total_variation;
  }

  // What is said of p as it is, of which no entry is negative, is said of p over its mass, but for what that is not 1.
  void settle() {
    if (!best_.proven) return;
    best_.total_variation = (Interval(found_.bound) + magnitude(found_.mass - Interval(1))).high;
    best_.proven = best_.total_variation <= 1;
    if (!best_.proven) best_.reason = "the error bound that was found is over 1";
    if (found_.bound <= options_.target) best_.cut = Certificate::Cut::none;
    best_.distribution = found_.exact[0];
    best_.improved = best_.distribution != given_;
    best_.reference_states = {j_};
    found_.sets = {std::vector<State>(p_.size(), 0), {j_}};
    best_.proof = std::make_shared<const ProvenDistribution>(std::move(found_));
  }

  static constexpr int most_rounds = 2;
  static constexpr double share = 0.75;  // of the slack, by which y M may miss it

  const Chain& chain_;
  const KeptMatrix& kept_;
  CertifyOptions& options_;
  const std::vector<double>& given_;
  std::vector<double> p_, imbalance_;  // at least |p Q|
  double unit_ = 0;
  std::size_t passes_ = 0, passes_for_y_ = 0;
  std::vector<double> slack_, y_;  // y Q = -slack about, but in j, where both are 0
  const State j_;
  std::optional<AbsorbingSystem> system_;
  const MajorantChecker checker_;
  Certificate best_;
  ProvenDistribution found_;
};

}  // namespace

bool suits_majorant(const KeptMatrix& kept) { return kept.method != Method::multilevel || kept.directions.size() == 2; }

Certificate certify_by_majorant(const Chain& chain, const std::vector<double>& distribution, const KeptMatrix& kept,
                                CertifyOptions& options) {
  return MajorantProver(chain, distribution, kept, options).run();
}

}  // namespace steady::detail
