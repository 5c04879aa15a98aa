#include "solver/truncation/truncation_proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "formats/base/interval.hpp"
#include "formats/model/prism/explore/box_transitions.hpp"
#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/lexer.hpp"
#include "formats/model/prism/language/parser.hpp"
#include "solver/absorbing_system.hpp"
#include "solver/elimination/sparse_elimination.hpp"
#include "solver/methods/gth.hpp"

namespace steady::detail {

namespace {

using prism::GrowingStates;

// The witness: h on the kept states, c + kappa g elsewhere.
struct TailWitness {
  std::vector<double> h;  // in the order of the chain; 0 at the reference
  double c = 0, kappa = 0;
  double drift = 0;  // (Q g)(i) <= -drift in every state that is not kept
};

// g of states that were found.
class DriftValues {
 public:
  DriftValues(const TruncatedChain& truncated, const DriftFunction& g)
      : states_(truncated.states), g_(g), values_(states_.model().packing.variables().size()) {}

  Interval operator()(State s) {
    for (std::size_t v = 0; v < values_.size(); ++v) values_[v] = static_cast<double>(states_.value(s, v));
    return g_.program.enclose(g_.entry, values_.data());
  }

 private:
  const GrowingStates& states_;
  const DriftFunction& g_;
  std::vector<double> values_;
};

// (Q g)(s), enclosed, of a state that need not be kept.
Interval drift_in(const GrowingStates& states, const DriftFunction& g, State s) {
  prism::Box box;
  std::vector<prism::BoxPolynomial> here;
  for (std::size_t v = 0; v < states.model().packing.variables().size(); ++v) {
    const auto value = static_cast<double>(states.value(s, v));
    box.push_back({value, value});
    here.emplace_back(value);
  }
  const prism::BoxPolynomial g_here = evaluate(g.program, g.entry, here, box);
  prism::BoxPolynomial drift;
  for (const prism::BoxTransition& transition : transitions_from(states.model(), box))
    drift = drift + transition.rate * (evaluate(g.program, g.entry, transition.target, box) - g_here);
  return drift.range(box);
}

// --- finding a witness -----------------------------------------------------------------------------------------------

// Half of the least drift among neighbours of the kept states, a thousand of them at most.
double likely_drift(const TruncatedChain& truncated, const DriftFunction& g) {
  constexpr std::size_t looked_at = 1000;
  std::vector<State> outside;
  for (State s = 0; s < truncated.states.size(); ++s)
    if (!truncated.states.is_kept(s)) outside.push_back(s);
  const std::size_t step = outside.size() / looked_at + 1;
  double least = INFINITY;
  for (std::size_t k = 0; k < outside.size(); k += step)
    least = std::min(least, -drift_in(truncated.states, g, outside[k]).high);
  return std::min(least / 2, 1e6);
}

// Solves -Q h = b on the kept states but the reference, where h is 0: by elimination where that leaves the chain
// sparse, else by sweeps, which are many where the way through the chain is long.
class KeptSystem {
 public:
  KeptSystem(const TruncatedChain& truncated, std::function<bool()> interrupted)
      : interrupted_(std::move(interrupted)),
        outflow_(transpose(truncated.chain.inflow, Checked::yes)),
        stopped_(truncated.order.size()) {
    stopped_[truncated.back_to] = true;
    const IrreducibleChain chain{truncated.chain.inflow, truncated.chain.exit_rate};
    if (truncated.irreducible && looks_sparse_to_eliminate(chain)) {
      EliminationLimits limits;
      limits.multiplications = 100 * static_cast<double>(chain.inflow.entries()) + 1e7;
      plan_ = plan_elimination(chain, limits, interrupted_, truncated.back_to);
      if (plan_) factors_ = SparseFactors<double>::make(chain, *plan_, interrupted_, true);
    }
    if (!factors_) sweeps_.emplace(outflow_, truncated.chain.exit_rate, stopped_, opposite(truncated.direction));
  }

  // b: one number a state, 0 at the reference.
  std::vector<double> solve(std::vector<double> b) const {
    if (factors_) return factors_->solve_column(b);
    std::size_t passes = 100'000;
    return sweeps_
        ->solve(std::move(b),
                {AbsorbingSystem::StoppingCriterion::Size::largest, 0.5, [&](std::size_t) { return interrupted_(); }},
                passes)
        .x;
  }

 private:
  const std::function<bool()> interrupted_;
  const Csr outflow_;
  std::vector<bool> stopped_;
  std::optional<EliminationPlan> plan_;
  std::optional<SparseFactors<double>> factors_;  // which refer to the plan
  std::optional<AbsorbingSystem> sweeps_;
};

// h with (Q h)(i) about -1 and h = c + kappa g outside.
std::vector<double> solve_for(const TailWitness& witness, const TruncatedChain& truncated, const KeptSystem& system,
                              DriftValues& g) {
  const GrowingStates& states = truncated.states;
  std::vector<double> b(truncated.order.size(), 1.0);
  for (std::size_t k = 0; k < b.size(); ++k)
    for (const auto& [target, rate] : states.transitions(truncated.order[k]))
      if (!states.is_kept(target)) b[k] += rate * (witness.c + witness.kappa * g(target).high);
  b[truncated.back_to] = 0;
  std::vector<double> h = system.solve(std::move(b));
  for (double& time : h) time = std::max(time, 0.0);
  return h;
}

// Nothing where no c is found with h <= c + kappa g.
std::optional<TailWitness> find_witness(const TruncatedChain& truncated, DriftValues& g, double drift,
                                        const std::function<bool()>& interrupted) {
  constexpr int attempts = 8;
  const KeptSystem system(truncated, interrupted);
  TailWitness witness{{}, 1, divide_up(1, drift), drift};
  for (int k = 0; k < attempts && !interrupted(); ++k) {
    witness.h = solve_for(witness, truncated, system, g);
    double needed = 0;
    for (std::size_t i = 0; i < witness.h.size(); ++i)
      needed = std::max(needed, witness.h[i] - witness.kappa * g(truncated.order[i]).low);
    if (needed < witness.c) return witness;
    witness.c = 2 * needed + 1;
  }
  return std::nullopt;
}

// --- checking it -----------------------------------------------------------------------------------------------------

class TailWitnessChecker {
 public:
  TailWitnessChecker(const TruncatedChain& truncated, DriftValues& g, const TailWitness& witness)
      : truncated_(truncated), states_(truncated.states), witness_(witness), h_(states_.size()) {
    for (std::size_t k = 0; k < truncated.order.size(); ++k) h_[truncated.order[k]] = witness.h[k];
    below_ = witness.h[truncated.back_to] == 0;
    for (State s = 0; s < states_.size(); ++s) {
      const Interval outside = Interval(witness.c) + Interval(witness.kappa) * g(s);
      if (states_.is_kept(s))
        below_ = below_ && h_[s].low >= 0 && h_[s].high <= outside.low;
      else
        h_[s] = outside;
    }
  }

  TruncationProof run() const {
    TruncationProof proof;
    const double s = least_drift();
    if (!arithmetic_is_sound() || !below_ || !(s > 0)) {
      proof.reason = "the hitting times that were found do not suit the drift function";
      return proof;
    }
    const auto [residual, mass] = weigh_residual();
    if (!(mass.low > 0)) {
      proof.reason = "the distribution has no mass";
      return proof;
    }
    const Interval bound = Interval(divide_up(residual, s)) / mass;
    proof.total_variation = add_up(bound.high, magnitude(mass - Interval(1)));
    proof.holds = proof.total_variation < 1;
    if (!proof.holds) proof.reason = "the bound is over 1";
    return proof;
  }

 private:
  State reference() const { return truncated_.order[truncated_.back_to]; }

  // s with (Q h)(i) <= -s in every state but the reference.
  double least_drift() const {
    double least = multiply_down(witness_.kappa, witness_.drift);  // in those that are not kept
    for (const State i : truncated_.order) {
      if (i == reference()) continue;
      Interval drift;
      for (const auto& [target, rate] : states_.transitions(i)) drift = drift + Interval(rate) * (h_[target] - h_[i]);
      least = drift.finite() ? std::min(least, -drift.high) : -INFINITY;
    }
    return least;
  }

  // The sum of |r(i)| h(i), upward, and the mass of the distribution.
  std::pair<double, Interval> weigh_residual() const {
    std::vector<EnclosedSum> residual(states_.size());
    EnclosedSum mass;
    for (std::size_t k = 0; k < truncated_.order.size(); ++k) {
      const double p = truncated_.distribution[k];
      mass.add_product(p, 1);
      for (const auto& [target, rate] : states_.transitions(truncated_.order[k])) {
        residual[target].add_product(p, rate);
        residual[truncated_.order[k]].add_product(p, -rate);
      }
    }
    double sum = 0;
    for (State i = 0; i < states_.size(); ++i)
      if (i != reference()) sum = add_up(sum, multiply_up(magnitude(residual[i].value()), h_[i].high));
    return {sum, mass.value()};
  }

  const TruncatedChain& truncated_;
  const GrowingStates& states_;
  const TailWitness& witness_;
  std::vector<Interval> h_;  // of every state that was found
  bool below_ = true;        // 0 <= h <= c + kappa g in the kept states, h = 0 at the reference
};

}  // namespace

DriftFunction parse_drift(const std::string& text, const prism::CompiledModel& model) {
  DriftFunction g{std::make_shared<prism::Source>(prism::Source{"--drift", text}), {}, {}};
  prism::TokenReader reader(*g.source);
  const prism::ExpressionPtr expression = prism::parse_expression(reader);
  if (reader.peek().kind != prism::TokenKind::end) reader.fail_expected("the end of the expression");
  g.entry = compile(*expression, {*model.vocabulary}, prism::Expected::number, "a drift function", g.program);
  // Any function does, as long as it is the same everywhere: its constants are doubles, whatever decimals they were.
  for (prism::Instruction& now : g.program.code)
    if (now.op == prism::Opcode::push || now.op == prism::Opcode::load_add || now.op == prism::Opcode::load_multiply)
      now.b = 0;
  return g;
}

TruncationProof prove_truncation(const TruncatedChain& truncated, const DriftFunction& g,
                                 const std::function<bool()>& interrupted) {
  TruncationProof failed;
  const double drift = likely_drift(truncated, g);
  if (!(drift > 0)) {
    failed.reason = "the drift function has no negative drift in every neighbour of the kept states";
    return failed;
  }
  failed.reason = refute_drift(truncated.states, g, drift, interrupted);
  if (!failed.reason.empty()) return failed;
  DriftValues values(truncated, g);
  const std::optional<TailWitness> witness = find_witness(truncated, values, drift, interrupted);
  if (witness) return TailWitnessChecker(truncated, values, *witness).run();
  failed.reason = "no hitting times were found that suit the drift function";
  return failed;
}

}  // namespace steady::detail
