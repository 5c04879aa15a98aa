#include "solver/distributed/krylov.hpp"

#include <cmath>

namespace steady::detail {

// Restarted GMRES is slower than BiCGSTAB and seldom goes astray; subdomains that overlap by the states next to a block
// make up for ill-placed cuts between blocks, at twice the memory.
const std::vector<KrylovMethod> krylov_methods = {{"bcgs", "bjacobi"}, {"gmres", "bjacobi"}, {"gmres", "asm"}};

namespace {

// What the test of convergence sees while it runs.
struct Test {
  const Krylov::Limits& limits;
  double first = -1, best = INFINITY;
  std::int64_t best_at = 0;
  bool stopped = false;
};

constexpr double astray = 1e8;          // times the residual that it began with
constexpr std::int64_t patience = 400;  // iterations without a better residual

PetscErrorCode judge(KSP, PetscInt iterations, PetscReal residual, KSPConvergedReason* reason, void* context) {
  Test& test = *static_cast<Test*>(context);
  if (test.first < 0) test.first = residual;
  if (residual < test.best) {
    test.best = residual;
    test.best_at = iterations;
  }
  *reason = KSP_CONVERGED_ITERATING;
  if (!std::isfinite(residual))
    *reason = KSP_DIVERGED_NANORINF;
  else if (residual <= test.limits.residual)
    *reason = KSP_CONVERGED_ATOL;
  else if (residual > astray * test.first)
    *reason = KSP_DIVERGED_DTOL;
  else if (iterations >= test.limits.iterations || iterations - test.best_at >= patience)
    *reason = KSP_DIVERGED_ITS;
  if (test.limits.stop(iterations, residual)) {
    test.stopped = true;
    if (*reason == KSP_CONVERGED_ITERATING) *reason = KSP_DIVERGED_ITS;
  }
  return 0;
}

// The rank's entries as PETSc's vector, without a copy.
PetscVector vector_of(const Ranks& ranks, const std::vector<double>& entries) {
  PetscVector vector;
  require(VecCreateMPIWithArray(ranks.communicator(), 1, static_cast<PetscInt>(entries.size()), PETSC_DETERMINE,
                                entries.data(), vector.place()));
  return vector;
}

void set(const char* option, const char* value) { require(PetscOptionsSetValue(nullptr, option, value)); }

}  // namespace

// A generator is singular, and where a block is the whole chain, or never left, so is the last pivot.
Krylov::Krylov(const Ranks& ranks, Mat matrix, const KrylovMethod& method) : ranks_(ranks) {
  require(KSPCreate(ranks.communicator(), solver_.place()));
  require(KSPSetOptionsPrefix(solver_, "steady_"));
  set("-steady_sub_pc_type", "ilu");
  set("-steady_sub_pc_factor_shift_type", "nonzero");
  require(KSPSetType(solver_, std::string(method.method).c_str()));
  require(KSPSetOperators(solver_, matrix, matrix));
  require(KSPSetNormType(solver_, KSP_NORM_UNPRECONDITIONED));
  require(KSPSetPCSide(solver_, PC_RIGHT));
  require(KSPSetInitialGuessNonzero(solver_, PETSC_TRUE));
  PC preconditioner = nullptr;
  require(KSPGetPC(solver_, &preconditioner));
  require(PCSetType(preconditioner, std::string(method.preconditioner).c_str()));
  require(KSPSetFromOptions(solver_));
  require(KSPSetUp(solver_));
  require(KSPSetUpOnBlocks(solver_));
}

Krylov::Run Krylov::solve(Side side, const std::vector<double>& b, std::vector<double>& x, const Limits& limits) {
  Test test{limits};
  require(KSPSetConvergenceTest(solver_, judge, &test, nullptr));
  const PetscVector right = vector_of(ranks_, b), unknown = vector_of(ranks_, x);
  require(side == Side::row ? KSPSolveTranspose(solver_, right, unknown) : KSPSolve(solver_, right, unknown));
  PetscInt iterations = 0;
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  require(KSPGetIterationNumber(solver_, &iterations));
  require(KSPGetConvergedReason(solver_, &reason));
  return {iterations, reason > 0, test.stopped};
}

}  // namespace steady::detail
