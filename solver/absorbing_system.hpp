// Linear systems of states that the chain leaves for good, solved iteratively.
//
// A x = b with A = the exit rates less the rates among the states, or x A = b: which, is a matter of the rows that it
// is made from. BiCGStab (van der Vorst 1992), preconditioned from the right by a Gauss-Seidel sweep or by incomplete
// factors, and where it fails plain iterations of the preconditioner. A is a nonsingular M-matrix, on which these
// always converge, if slowly (Meijerink and van der Vorst 1977).
//
// The states are those of a whole chain but some in which it stops. The matrix is stored whole, in the storage that
// takes the fewest bytes: a stopped state is one that is left at once, with an infinite exit rate, so that what sweeps
// compute there is 0; where most are stopped, without their rows. Corrections by sweeps are found in single precision
// where that storage has it, as in methods/bicgstab.hpp, and in double where that does not help: at most half of the
// passes are spent before. A matrix that is stored already does, too.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "formats/chain/direction.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/rate_operator.hpp"
#include "formats/vectors/host.hpp"
#include "solver/preconditioners/preconditioner_operator.hpp"

namespace steady::detail {

class AbsorbingSystem {
 public:
  // When a residual is small enough: its largest entry (not the largest in magnitude), the sum of the magnitudes, or
  // the largest magnitude in units that differ, where the unit is positive.
  struct StoppingCriterion {
    enum class Size { largest, sum, in_units } size;
    double limit;
    // Asked with the iterations so far, while subnormal numbers may count as 0; yes counts as reached.
    std::function<bool(std::size_t)> interrupted;
    std::vector<double> unit = {};  // one a state
  };

  // ilu0: for what a sweep is too weak. Nothing may be stopped then.
  enum class Preconditioning { gauss_seidel, ilu0 };

  // `rows`: the inflow matrix for x A = b, the rates from each state for A x = b. Exit rates may be 0 where `stopped`.
  // `direction`: of the sweeps, or in which the factors are made.
  AbsorbingSystem(const Csr& rows, const std::vector<double>& exit_rate, const std::vector<bool>& stopped,
                  Direction direction, Preconditioning preconditioning = Preconditioning::gauss_seidel);

  // The same of an irreducible chain's matrix that is stored already and outlives the system. Nothing is stopped: what
  // is to be solved for must sum to 0, and a solution is one of many, which differ by multiples of the chain's own.
  // `preconditioner`: null for a sweep in this direction.
  AbsorbingSystem(const RateOperator<HostVector>& rows, const std::vector<double>& exit_rate, Direction direction,
                  std::unique_ptr<PreconditionerOperator<HostVector>> preconditioner);

  struct Result {
    std::vector<double> x;  // 0 in the stopped states
    bool reached;           // that the criterion was met
    std::size_t iterations;
  };

  // Iterates from x = 0 until the residual meets the criterion or the passes over the matrix are used up, and takes
  // what it used from them. b is 0 in the stopped states.
  Result solve(std::vector<double> b, const StoppingCriterion& criterion, std::size_t& passes) const;

  // The same by plain iterations of the preconditioner alone.
  Result solve_plainly(std::vector<double> b, const StoppingCriterion& criterion, std::size_t& passes) const;

  std::string_view storage() const { return rows_->storage(); }
  std::size_t levels() const { return levels_; }  // of its sweeps
  bool has_single_precision() const { return single_ != nullptr; }

 private:
  void precondition_by_sweeps(Direction direction);
  void arrange(const std::vector<double>& exit, const std::vector<bool>& stopped);

  // Vectors in the order of the operator.
  struct System {
    const HostVector& b;
    HostVector& x;
    HostVector r;     // b - A x, as measured last
    HostVector best;  // the x of the least norm2 of r so far
    double best_norm;
    const StoppingCriterion& criterion;
    HostVector unit;
    std::size_t passes;
    std::size_t iterations;
  };

  template <class Method>
  Result run(std::vector<double> b, const StoppingCriterion& criterion, Method method) const;
  template <class Work>
  bool bicgstab(const PreconditionerOperator<Work>& preconditioner, System& system) const;
  template <class Work>
  void improve(const PreconditionerOperator<Work>& preconditioner, double norm, System& system) const;
  bool iterate_plainly(System& system) const;
  double measure(System& system) const;  // finds r, keeps the best x; returns the norm2 of r
  template <class Vector>
  bool reached(const System& system, const Vector& r, double unit = 1) const;
  template <class Work>
  void clear_stopped(Work& x) const;

  std::size_t levels_ = 0;
  std::vector<State> stopped_;                          // positions
  std::vector<double> exit_;                            // at each position; 0 where stopped
  std::unique_ptr<RateOperator<HostVector>> own_rows_;  // null: another's
  const RateOperator<HostVector>* rows_ = nullptr;
  std::unique_ptr<RateOperator<SingleVector>> single_;  // null: doubles throughout
  std::unique_ptr<PreconditionerOperator<HostVector>> preconditioner_;
  std::unique_ptr<PreconditionerOperator<SingleVector>> single_preconditioner_;
};

}  // namespace steady::detail
