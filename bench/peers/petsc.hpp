// What the peers that use PETSc share: the chain's matrix on any number of MPI ranks, and PETSc's options.
#pragma once

#include <fmt/format.h>
#include <petscmat.h>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include <steady/error.hpp>
#include <steady/model.hpp>

namespace peer {

using Clock = std::chrono::steady_clock;

inline void check(PetscErrorCode code) {
  if (code != 0)
    throw steady::Error(fmt::format("PETSc: error {}", static_cast<int>(code)), steady::Error::Cause::machine);
}

inline std::string text_option(const char* name, const char* otherwise) {
  char text[4096] = {};
  PetscBool set = PETSC_FALSE;
  check(PetscOptionsGetString(nullptr, nullptr, name, text, sizeof text, &set));
  return set ? text : otherwise;
}

// This rank's rows of Q^T: a row of the inflow is one of Q^T but for its diagonal.
inline Mat make_rows(const steady::Chain& chain, PetscInt first, PetscInt last) {
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
inline std::vector<double> gather(Vec x) {
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

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The model that is named first, with -const.
inline steady::Model read_model(const char* path) {
  steady::ReadOptions options;
  options.constants = text_option("-const", "");
  return steady::read_model(path, options);
}

// All rows of the chain's matrix, shared out among the ranks.
inline Mat make_matrix(const steady::Chain& chain) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks);
  const auto n = static_cast<PetscInt>(chain.size());
  const PetscInt share = n / ranks, first = rank * share;
  return make_rows(chain, first, rank + 1 == ranks ? n : first + share);
}

// What a run came to, as one line of JSON that rank 0 prints.
struct Run {
  double assembly = 0;  // seconds from the chain to the library's matrix
  double seconds = 0, residual = INFINITY;
  PetscInt iterations = 0;
};

inline void print(const std::string& peer, const std::string& version, const std::string& method,
                  const std::string& preconditioner, const Run& run, double tolerance) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks);
  if (rank != 0) return;
  fmt::print(R"({{"peer": "{}", "version": "{}", "method": "{}", "preconditioner": "{}", "processes": {}, )"
             R"("iterations": {}, "residual": {}, "converged": {}, "assembly": {:.6f}, "seconds": {:.6f}}})"
             "\n",
             peer, version, method, preconditioner, ranks, static_cast<long long>(run.iterations),
             std::isfinite(run.residual) ? fmt::format("{:.6e}", run.residual) : "null", run.residual <= tolerance,
             run.assembly, run.seconds);
}

// The whole program `steady_NAME`: `initialize` and `finalize` are the library's, `work` is given the model's path.
inline int run(const char* name, int argc, char** argv,
               PetscErrorCode (*initialize)(int*, char***, const char*, const char*), PetscErrorCode (*finalize)(),
               void (*work)(const char*)) {
  if (argc < 2 || initialize(&argc, &argv, nullptr, nullptr) != 0) {
    fmt::print(stderr, "usage: steady_{0} MODEL [-const n=5] [-tolerance 1e-10] [-time_limit 60] [{0}'s options]\n",
               name);
    return 2;
  }
  int code = 0;
  try {
    work(argv[1]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "steady_{}: {}\n", name, error.what());
    code = 2;
  }
  finalize();
  return code;
}

}  // namespace peer
