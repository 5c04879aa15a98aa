// SLEPc on a chain that steady reads: steady_slepc MODEL [-const n=5] [-tolerance 1e-10] [-time_limit 60] and SLEPc's
// own options, such as -eps_type krylovschur -eps_ncv 40. Runs on any number of MPI ranks; prints one line of JSON.
//
// The distribution is the eigenvector of A = Q^T to the eigenvalue 0, which no other one exceeds in its real part.
// SLEPc starts from the uniform distribution and stops on its own bound: where the true residual of the normalised
// vector, the one that steady stops on, is not there yet, it goes on from that vector with a smaller one. Time counts
// as in petsc.cpp.
#include <slepceps.h>

#include <algorithm>

#include <steady/solve.hpp>

#include "bench/peers/petsc.hpp"

namespace {

using namespace peer;

Run solve(const steady::Chain& chain, EPS eps, Mat matrix, double tolerance, double time_limit) {
  Vec x, imaginary;
  check(MatCreateVecs(matrix, &x, &imaginary));
  check(VecSet(x, 1.0 / static_cast<double>(chain.size())));
  check(EPSSetOperators(eps, matrix, nullptr));
  check(EPSSetProblemType(eps, EPS_NHEP));
  check(EPSSetWhichEigenpairs(eps, EPS_LARGEST_REAL));
  check(EPSSetFromOptions(eps));

  double bound = tolerance;
  Run run;
  for (int round = 0, worse = 0; round < 20 && worse < 3; ++round) {
    check(EPSSetConvergenceTest(eps, EPS_CONV_ABS));
    check(EPSSetTolerances(eps, bound, 2000));
    check(EPSSetInitialSpace(eps, 1, &x));
    const auto start = Clock::now();
    check(EPSSolve(eps));
    run.seconds += seconds_since(start);
    PetscInt iterations, found;
    check(EPSGetIterationNumber(eps, &iterations));
    check(EPSGetConverged(eps, &found));
    run.iterations += iterations;
    if (found == 0) break;
    check(EPSGetEigenvector(eps, 0, x, imaginary));
    const double residual = steady::true_residual(chain, gather(x));
    worse = residual < run.residual ? 0 : worse + 1;
    run.residual = std::isfinite(residual) ? residual : INFINITY;
    if (run.residual <= tolerance || run.seconds > time_limit || !std::isfinite(run.residual)) break;
    bound *= std::min(0.5, 0.5 * tolerance / run.residual);
  }
  check(VecDestroy(&x));
  check(VecDestroy(&imaginary));
  return run;
}

void work(const char* path) {
  const steady::Model model = peer::read_model(path);
  const double tolerance = std::stod(text_option("-tolerance", "1e-10"));
  const auto start = Clock::now();
  Mat matrix = make_matrix(model.chain);
  const double assembly = seconds_since(start);
  EPS eps;
  check(EPSCreate(PETSC_COMM_WORLD, &eps));
  Run run = solve(model.chain, eps, matrix, tolerance, std::stod(text_option("-time_limit", "60")));
  run.assembly = assembly;
  EPSType method;
  check(EPSGetType(eps, &method));
  print("slepc", fmt::format("{}.{}.{}", SLEPC_VERSION_MAJOR, SLEPC_VERSION_MINOR, SLEPC_VERSION_SUBMINOR), method, "",
        run, tolerance);
  check(EPSDestroy(&eps));
  check(MatDestroy(&matrix));
}

}  // namespace

int main(int argc, char** argv) { return peer::run("slepc", argc, argv, SlepcInitialize, SlepcFinalize, work); }
