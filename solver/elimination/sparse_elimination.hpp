// Elimination of a sparse chain without subtractions: every entry of the result is relatively exact, however
// decomposable or stiff the chain.
//
// Grassmann, Taksar and Heyman 1985, front by front (elimination_plan.hpp): what flows through an eliminated state is
// shared out among those that are left, and its exit rate is the sum of its rates to them, all of which are in its
// front. O'Cinneide 1993 bounds the relative error of every entry by about 2 n^3 units of rounding; observed are some
// units.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "solver/elimination/elimination_plan.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

// The factors: of each front a matrix of its size and as many columns as it has pivots, by rows, that holds shares
// below its diagonal (of what flows from a pivot's state, what each later state's flow to it makes), exit rates on it,
// and rates between pivots above. Number: double, or ExtendedRange where doubles have not the range.
template <class Number>
class SparseFactors {
 public:
  // None if `stop` says so, or the range of numbers does not do. `with_rates`: for solve_column and solve_row.
  static std::optional<SparseFactors> make(const IrreducibleChain& chain, const EliminationPlan& plan,
                                           const std::function<bool()>& stop, bool with_rates);

  // Sums to 1.
  std::vector<double> stationary() const;

  // A: minus the generator without row and column of the state that stays, the last of the plan's order. Solves A x = b
  // and x A = b; b and x: one number a state, 0 in that state.
  std::vector<double> solve_column(const std::vector<double>& b) const;
  std::vector<double> solve_row(const std::vector<double>& b) const;

 private:
  explicit SparseFactors(const EliminationPlan& plan) : plan_(&plan) {}
  template <class Function>
  void forward(Function f) const;
  template <class Function>
  void backward(Function f) const;
  template <class Work>
  void add_shares(std::vector<Work>& x) const;
  std::vector<double> arranged(const std::vector<double>& x) const;
  std::vector<double> rearranged(const std::vector<double>& x) const;

  const EliminationPlan* plan_;
  std::vector<Number> share_;
  std::vector<Number> rate_;  // from each front's pivots to its border, by rows
};

// The stationary distribution, summing to 1, in doubles or else in extended range. None if `stop` says so, or where the
// latter would take more than the limits allow.
std::optional<std::vector<double>> eliminate_sparse(const IrreducibleChain& chain, const EliminationPlan& plan,
                                                    const EliminationLimits& limits, const std::function<bool()>& stop);

}  // namespace steady::detail
