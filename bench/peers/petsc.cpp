// PETSc on a chain that steady reads: steady_petsc MODEL [-const n=5] [-tolerance 1e-10] [-time_limit 60] and PETSc's
// own options, such as -ksp_type gmres -pc_type ilu. Runs on any number of MPI ranks; prints one line of JSON.
//
// Solves A x = 0, A = Q^T, from the uniform distribution. PETSc stops on a 2-norm: where the true residual of the
// normalised x, the one that steady stops on, is not there yet, it goes on from x with a smaller bound. Time counts
// from the assembled matrix to the last x, set-up of the preconditioner included; reading and residuals do not count.
#include <fmt/format.h>
#include <petscksp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "formats/error.hpp"
#include "formats/model/model.hpp"
#include "solver/solve.hpp"

namespace {

using Clock = std::chrono::steady_clock;

void check(PetscErrorCode code) {
  if (code != 0)
    throw steady::Error(fmt::format("PETSc: error {}", static_cast<int>(code)), steady::Error::Cause::machine);
}

std::string text_option(const char* name, const char* otherwise) {
  char text[4096] = {};
  PetscBool set = PETSC_FALSE;
  check(PetscOptionsGetString(nullptr, nullptr, name, text, sizeof text, &set));
  return set ? text : otherwise;
}

// This rank's rows of Q^T: a row of the inflow is one of Q^T but for its diagonal.
Mat make_matrix(const steady::Chain& chain, PetscInt first, PetscInt last) {
  std::vector<PetscInt> start{0}, column;
  std::vector<PetscScalar> value;
  const steady::Csr& in = chain.inflow;
  for (PetscInt i = first; i < last; ++i) {
    bool diagonal = false;
    const auto put_diagonal = [&] {
      column.push_back(i), value.push_back(-chain.exit_rate[static_cast<std::size_t>(i)]);
      diagonal = true;
    };
    for (std::uint64_t k = in.row_start[static_cast<std::size_t>(i)]; k < in.row_start[static_cast<std::size_t>(i) + 1];
         ++k) {
      if (!diagonal && in.column[k] > i) put_diagonal();
      column.push_back(static_cast<PetscInt>(in.column[k])), value.push_back(in.value[k]);
    }
    if (!diagonal) put_diagonal();
    start.push_back(static_cast<PetscInt>(column.size()));
  }
  Mat matrix;
  const auto n = static_cast<PetscInt>(chain.size());
  check(MatCreate(PETSC_COMM_WORLD, &matrix));
  check(MatSetSizes(matrix, last - first, last - first, n, n));
  check(MatSetType(matrix, MATAIJ));
  check(MatSeqAIJSetPreallocationCSR(matrix, start.data(), column.data(), value.data()));
  check(MatMPIAIJSetPreallocationCSR(matrix, start.data(), column.data(), value.data()));
  return matrix;
}

// The whole vector, normalised, on every rank.
std::vector<double> gather(Vec x) {
  VecScatter scatter;
  Vec all;
  check(VecScatterCreateToAll(x, &scatter, &all));
  check(VecScatterBegin(scatter, x, all, INSERT_VALUES, SCATTER_FORWARD));
  check(VecScatterEnd(scatter, x, all, INSERT_VALUES, SCATTER_FORWARD));
  PetscInt size;
  const PetscScalar* values;
  check(VecGetSize(all, &size));
  check(VecGetArrayRead(all, &values));
  std::vector<double> distribution(values, values + size);
  check(VecRestoreArrayRead(all, &values));
  check(VecScatterDestroy(&scatter));
  check(VecDestroy(&all));
  double sum = 0;
  for (const double p : distribution) sum += p;
  for (double& p : distribution) p /= sum;
  return distribution;
}

struct Run {
  double seconds = 0, residual = INFINITY;
  PetscInt iterations = 0;
};

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
    run.seconds += std::chrono::duration<double>(Clock::now() - start).count();
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
  int rank = 0, ranks = 1;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks);
  steady::ReadOptions options;
  options.constants = text_option("-const", "");
  const steady::Model model = steady::read_model(path, options);
  const double tolerance = std::stod(text_option("-tolerance", "1e-10"));
  const double time_limit = std::stod(text_option("-time_limit", "60"));

  const auto n = static_cast<PetscInt>(model.chain.size());
  const PetscInt share = n / ranks, first = rank * share, last = rank + 1 == ranks ? n : first + share;
  Mat matrix = make_matrix(model.chain, first, last);
  KSP ksp;
  check(KSPCreate(PETSC_COMM_WORLD, &ksp));
  const Run run = solve(model.chain, ksp, matrix, tolerance, time_limit);
  KSPType method;
  PC preconditioner;
  PCType name;
  check(KSPGetType(ksp, &method));
  check(KSPGetPC(ksp, &preconditioner));
  check(PCGetType(preconditioner, &name));
  if (rank == 0)
    fmt::print(R"({{"peer": "petsc", "version": "{}.{}.{}", "method": "{}", "preconditioner": "{}", "processes": {}, )"
               R"("iterations": {}, "residual": {}, "converged": {}, "seconds": {:.6f}}})"
               "\n",
               PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR, method, name, ranks,
               static_cast<long long>(run.iterations),
               std::isfinite(run.residual) ? fmt::format("{:.6e}", run.residual) : "null", run.residual <= tolerance,
               run.seconds);
  check(KSPDestroy(&ksp));
  check(MatDestroy(&matrix));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || PetscInitialize(&argc, &argv, nullptr, nullptr) != 0) {
    fmt::print(stderr,
               "usage: steady_petsc MODEL [-const n=5] [-tolerance 1e-10] [-time_limit 60] [PETSc's options]\n");
    return 2;
  }
  int code = 0;
  try {
    work(argv[1]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "steady_petsc: {}\n", error.what());
    code = 2;
  }
  PetscFinalize();
  return code;
}
