// PETSc's Krylov methods on a matrix and on its transpose, with one preconditioner for both.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "solver/distributed/petsc.hpp"
#include "solver/distributed/ranks.hpp"

namespace steady::detail {

struct KrylovMethod {
  std::string_view method;          // of PETSc's KSP
  std::string_view preconditioner;  // of PETSc's PC, with incomplete factors in each block
};

// In the order in which they are tried.
extern const std::vector<KrylovMethod> krylov_methods;

enum class Side {
  row,    // x A = b: the unknowns are a row vector
  column  // A x = b
};

// Looks at an iteration, and says whether to stop. `residual`: in the 2-norm.
using Watch = std::function<bool(std::int64_t iterations, double residual)>;

class Krylov {
 public:
  // Makes the preconditioner. The matrix, shared out by rows, must outlive this object. Throws Error where PETSc fails.
  Krylov(const Ranks& ranks, Mat matrix, const KrylovMethod& method);

  struct Limits {
    double residual;          // in the 2-norm: there it has converged
    std::int64_t iterations;  // at most
    Watch stop;
  };
  struct Run {
    std::int64_t iterations = 0;
    bool converged = false;
    bool stopped = false;  // by the watch
  };
  // Goes on from x, and leaves there what it has come to.
  Run solve(Side side, const std::vector<double>& b, std::vector<double>& x, const Limits& limits);

 private:
  const Ranks& ranks_;
  PetscSolver solver_;
};

}  // namespace steady::detail
