// PETSc on a chain that steady reads: steady_petsc MODEL [-const n=5] [-tolerance 1e-10] [-time_limit 60] and PETSc's
// own options, such as -ksp_type gmres -pc_type ilu. Runs on any number of MPI ranks; prints one line of JSON.
//
// Solves A x = 0, A = Q^T, from the uniform distribution. PETSc stops on a 2-norm: where the true residual of the
// normalised x, the one that steady stops on, is not there yet, it goes on from x with a smaller bound. Time counts
// from the assembled matrix to the last x, set-up of the preconditioner included; assembly is told apart, reading and
// residuals do not count.
#include "bench/peers/petsc.hpp"

#include <petscksp.h>

#include <algorithm>

#include <steady/solve.hpp>

namespace {

using namespace peer;

Run solve(const steady::Chain& chain, KSP ksp, Mat matrix, double tolerance, double time_limit) {
  Vec x, zero;
  check(MatCreateVecs(matrix, &x, &zero));
  check(VecSet(x, 1.0 / static_cast<double>(chain.size())));
  check(VecSet(zero, 0));
  check(KSPSetOperators(ksp, matrix, matrix));
  check(KSPSetInitialGuessNonzero(ksp, PETSC_TRUE));
  check(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  check(KSPSetPCSide(ksp, PC_RIGHT));
  check(KSPSetFromOptions(ksp));

  const double unit =
      chain.kind == steady::Kind::dtmc ? 1 : *std::max_element(chain.exit_rate.begin(), chain.exit_rate.end());
  double bound = 10 * tolerance * unit / std::sqrt(static_cast<double>(chain.size()));  // in the 2-norm: a guess
  Run run;
  for (int round = 0, worse = 0; round < 50 && worse < 3; ++round) {
    check(KSPSetTolerances(ksp, 1e-300, bound, 1e10, 20000));
    const auto start = Clock::now();
    check(KSPSolve(ksp, zero, x));
    run.seconds += seconds_since(start);
    PetscInt iterations;
    check(KSPGetIterationNumber(ksp, &iterations));
    run.iterations += iterations;
    const double residual = steady::true_residual(chain, gather(x));
    worse = residual < run.residual ? 0 : worse + 1;
    run.residual = std::isfinite(residual) ? residual : INFINITY;
    if (run.residual <= tolerance || run.seconds > time_limit || !std::isfinite(run.residual)) break;
    bound *= std::min(0.5, 0.5 * tolerance / run.residual);
  }
  check(VecDestroy(&x));
  check(VecDestroy(&zero));
  return run;
}

void work(const char* path) {
  const steady::Model model = peer::read_model(path);
  const double tolerance = std::stod(text_option("-tolerance", "1e-10"));
  const auto start = Clock::now();
  Mat matrix = make_matrix(model.chain);
  const double assembly = seconds_since(start);
  KSP ksp;
  check(KSPCreate(PETSC_COMM_WORLD, &ksp));
  Run run = solve(model.chain, ksp, matrix, tolerance, std::stod(text_option("-time_limit", "60")));
  run.assembly = assembly;
  KSPType method;
  PC preconditioner;
  PCType name;
  check(KSPGetType(ksp, &method));
  check(KSPGetPC(ksp, &preconditioner));
  check(PCGetType(preconditioner, &name));
  print("petsc", fmt::format("{}.{}.{}", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR), method,
        name, run, tolerance);
  check(KSPDestroy(&ksp));
  check(MatDestroy(&matrix));
}

}  // namespace

int main(int argc, char** argv) { return peer::run("petsc", argc, argv, PetscInitialize, PetscFinalize, work); }
