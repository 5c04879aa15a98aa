// Linear systems of a chain that stops in given states, for chains that are too large to eliminate.
//
// A x = b with A = minus the generator restricted to the other states, or x A = b: which, is a matter of the rows that
// it is made from. BiCGStab (van der Vorst 1992), preconditioned from the right by a Gauss-Seidel sweep, and plain
// sweeps where it fails. A is a nonsingular M-matrix, on which sweeps always converge, if slowly.
//
// The matrix is stored whole, in the storage that takes the fewest bytes: a stopped state is one that is left at once,
// with an infinite exit rate, so that what sweeps compute there is 0; where most are stopped, without their rows.
// Corrections are found in single precision where that storage has it, as in methods/bicgstab.hpp, and in double where
// that does not help: at most half of the passes are spent before.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "formats/chain/direction.hpp"
#include "formats/matrix/rate_operator.hpp"
#include "formats/vectors/host.hpp"

namespace steady {

class AbsorbingSystem {
 public:
  // When a residual is small enough: its largest entry (not the largest in magnitude), or the sum of the magnitudes.
  struct StoppingCriterion {
    enum class Size { largest, sum } size;
    double limit;
    std::function<bool()> interrupted;  // counts as reached; asked while subnormal numbers may count as 0
  };

  // `rows`: the inflow matrix for x A = b, the rates from each state for A x = b. Exit rates may be 0 where `stopped`.
  AbsorbingSystem(const Csr& rows, const std::vector<double>& exit_rate, const std::vector<bool>& stopped,
                  Direction direction);

  struct Result {
    std::vector<double> x;  // 0 in the stopped states
    bool reached;           // the goal
  };

  // Iterates from x = 0 until the residual reaches the goal or the passes over the matrix are used up, and takes what
  // it used from them. b is 0 in the stopped states.
  Result solve(std::vector<double> b, const StoppingCriterion& goal, std::size_t& passes) const;

  std::string_view storage() const { return rows_->storage(); }
  std::size_t levels() const { return levels_; }  // of its sweeps
  bool has_single_precision() const { return single_ != nullptr; }

 private:
  // Vectors in the order of the operator.
  struct System {
    const HostVector& b;
    HostVector& x;
    HostVector r;     // b - A x, as measured last
    HostVector best;  // the x of the least norm2 of r so far
    double best_norm;
    const StoppingCriterion& goal;
    std::size_t passes;
  };

  template <class Work>
  bool bicgstab(const RateOperator<Work>& rows, System& system) const;
  template <class Work>
  void improve(const RateOperator<Work>& rows, double norm, System& system) const;
  bool sweep(System& system) const;
  double measure(System& system) const;  // finds r, keeps the best x; returns the norm2 of r
  template <class Work>
  void step(const RateOperator<Work>& rows, const Work& v, Work& z, Work& w) const;  // z M = v, w = A z
  template <class Work>
  void clear_stopped(Work& x) const;

  Direction direction_;
  std::size_t levels_;
  std::vector<State> stopped_;  // positions
  std::vector<double> exit_;    // at each position; 0 where stopped
  std::unique_ptr<RateOperator<HostVector>> rows_;
  std::unique_ptr<RateOperator<SingleVector>> single_;  // null: doubles throughout
};

}  // namespace steady
