#include "solver/entrywise.hpp"

#include <algorithm>
#include <cmath>

namespace steady::detail {
namespace {

constexpr double multiplications_a_visit = 5;  // of a transition, in the same time

}  // namespace

EntrywiseSolver::EntrywiseSolver(const IrreducibleChain& chain, State reference, Direction direction, bool direct,
                                 Limits limits)
    : chain_(chain),
      reference_(reference),
      direction_(direction),
      direct_(direct),
      limits_(std::move(limits)),
      work_(limits_.work) {}

bool EntrywiseSolver::solve(const std::vector<double>& b, const std::vector<double>& scale, StoppingCriterion criterion,
                            double share, std::vector<double>& x) {
  constexpr std::size_t soon = 200, patient = 1500, most = 10'000;  // passes
  constexpr double cheap = 4000;                                    // multiplications a transition
  const auto transitions = chain_.inflow.entries();
  const EliminationLimits affordable{1e10, limits_.entries};
  const EliminationLimits small{std::min(cheap * static_cast<double>(transitions), affordable.multiplications),
                                std::min(8 * transitions + (1 << 17), affordable.entries)};  // half the solve's memory
  reserved_ = std::isfinite(work_) ? (1 - share) * work_ : 0;
  out_of_work_ = false;
  const auto sweep = [&](auto& budget) { return system().sweep(b, x, criterion, budget); };
  const auto correct = [&](auto& budget) { return system().correct(b, scale, x, criterion, budget); };
  if ((factors_ || direct_) && eliminate(affordable, b, x)) return true;
  return spend(soon, sweep) || eliminate(small, b, x) || spend(patient, correct) || eliminate(affordable, b, x) ||
         spend(most, correct) || spend(most, sweep);
}

std::optional<std::vector<double>> EntrywiseSolver::solve_eliminated(const std::vector<double>& b) const {
  return factors_ ? std::optional(factors_->solve_row(b)) : std::nullopt;
}

const EntrywiseSystem& EntrywiseSolver::system() {
  if (!system_) system_.emplace(chain_, reference_, direction_);
  return *system_;
}

// Calls f(budget) with so many passes, as far as the work allows.
template <class Function>
bool EntrywiseSolver::spend(std::size_t passes, Function f) {
  constexpr double least = 5000;  // what a pass over the smallest chain takes
  const double one = std::max(static_cast<double>(chain_.inflow.entries()), least);
  const double possible = (work_ - reserved_) / one;
  const auto allowed = static_cast<std::size_t>(std::clamp(possible, 0.0, static_cast<double>(passes)));
  EntrywiseSystem::Budget budget{allowed, limits_.interrupted};
  const bool reached = f(budget);
  out_of_work_ = !reached && possible < static_cast<double>(passes);
  passes_ += allowed - budget.passes;
  work_ -= static_cast<double>(allowed - budget.passes) * one;
  look();
  return reached;
}

// Every entry is then right.
bool EntrywiseSolver::eliminate(EliminationLimits limits, const std::vector<double>& b, std::vector<double>& x) {
  limits.multiplications = std::min(limits.multiplications, multiplications_a_visit * (work_ - reserved_));
  if (!factors_) factorise(limits);
  if (factors_) x = factors_->solve_row(b);
  return factors_.has_value();
}

void EntrywiseSolver::factorise(EliminationLimits limits) {
  if (limits.multiplications <= tried_.multiplications && limits.entries <= tried_.entries) return;
  tried_ = limits;
  const auto stop = [&] { return limits_.interrupted(); };
  plan_ = plan_elimination(chain_, limits, stop, reference_);
  look();
  if (!plan_) return;
  work_ -= plan_->multiplications / multiplications_a_visit;
  factors_ = SparseFactors<double>::make(chain_, *plan_, stop, true);
  look();
  if (!factors_) tried_ = {INFINITY, limits_.entries};  // the range of doubles does not do
}

void EntrywiseSolver::look() const {
  if (limits_.interrupted()) throw Interrupted();
}

}  // namespace steady::detail
