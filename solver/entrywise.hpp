// Systems of a chain solved entry by entry, by what is likely to do so soonest: sweeps, which take 8 to 150 passes on
// most models of dependability; elimination, where that is cheap; corrections, where many steps lead to the rare
// states.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "solver/elimination/sparse_elimination.hpp"
#include "solver/entrywise_system.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

class EntrywiseSolver {
 public:
  using StoppingCriterion = EntrywiseSystem::StoppingCriterion;

  struct Limits {
    double work = INFINITY;  // transitions visited; five multiplications of an elimination count as one
    std::uint64_t entries = EliminationLimits{}.entries;       // that an elimination may keep
    std::function<bool()> interrupted = [] { return false; };  // asked while subnormal numbers may count as 0
  };

  struct Interrupted {};  // thrown by all that takes time

  // `direct`: the chain is easily eliminated. The chain must outlive the solver.
  EntrywiseSolver(const IrreducibleChain& chain, State reference, Direction direction, bool direct, Limits limits);

  // x M = b (entrywise_system.hpp), b >= 0, from x on, which is about proportional to `scale`; empty: to itself.
  // Takes at most `share` of the work that is left. Returns whether the criterion was met.
  bool solve(const std::vector<double>& b, const std::vector<double>& scale, StoppingCriterion criterion, double share,
             std::vector<double>& x);

  // x of x M = b, b of any sign, to some digits: where the chain was eliminated.
  std::optional<std::vector<double>> solve_eliminated(const std::vector<double>& b) const;

  bool out_of_work() const { return out_of_work_; }  // the last solution was cut short by that
  std::size_t passes() const { return passes_; }     // over the matrix, that were made

 private:
  const EntrywiseSystem& system();
  template <class Function>
  bool spend(std::size_t passes, Function f);
  bool eliminate(EliminationLimits limits, const std::vector<double>& b, std::vector<double>& x);
  void factorise(EliminationLimits limits);
  void look() const;

  IrreducibleChain chain_;
  State reference_;
  Direction direction_;
  bool direct_;
  Limits limits_;
  double work_;          // that is left
  double reserved_ = 0;  // of it, for later
  bool out_of_work_ = false;
  std::size_t passes_ = 0;
  EliminationLimits tried_{0, 0};  // too little
  std::optional<EntrywiseSystem> system_;
  std::optional<EliminationPlan> plan_;
  std::optional<SparseFactors<double>> factors_;
};

}  // namespace steady::detail
