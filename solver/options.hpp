// What a user may choose. One field, one place: its default here, its name and help below it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace steady {

// What the digits of an answer are counted from: 1, or each value itself, however small. Automatic: each value where a
// reward or a label asked for comes out rare (certify/relative.hpp).
enum class Accuracy { automatic, absolute, relative };

struct Options {
  std::string method = "auto";
  std::string preconditioner = "auto";
  std::string direction = "auto";
  std::optional<double> relaxation;  // empty: the method's own
  std::size_t restart = 30;
  std::string storage = "auto";
  std::string kernel = "auto";
  std::string device = "auto";
  std::string precision = "auto";
  int threads = 0;                      // 0: as many as OpenMP gives
  double tolerance = 1e-12;             // on ||pi Q||_1 / max exit rate (CTMC) or ||pi P - pi||_1 (DTMC)
  bool check_aggregates = true;         // see check_aggregates in solve.hpp; not for who proves the answer in any case
  double most_multiplications = 1e300;  // that an elimination asked for by name may take
  std::size_t max_iterations = 0;       // over all methods tried; 0: no limit
  double time_limit = 0;                // seconds; 0: no limit
  Accuracy accuracy = Accuracy::automatic;
  double memory_limit = 0;  // GiB, for the chain and what solving it takes; 0: no limit. The program's option is
                            // the model's, as reading obeys it, too
};

// Calls f(name, field, value's name, help) for every option, in the order in which help shows them.
template <class AnyOptions, class Function>
void for_each_option(AnyOptions& o, Function f) {
  f("method", o.method, "NAME",
    "auto, power, jacobi, gauss-seidel, sor, gmres, fgmres, bicgstab, idr, multilevel or gth");
  f("preconditioner", o.preconditioner, "NAME",
    "of gmres, fgmres, bicgstab and idr: auto, none, gauss-seidel, two-stage, symmetric-gauss-seidel, ilu0 or "
    "multilevel");
  f("direction", o.direction, "NAME", "of sweeps: auto, forward, backward or symmetric");
  f("relaxation", o.relaxation, "W", "relaxation factor of jacobi (default 0.9) and sor or gauss-seidel (default 1)");
  f("restart", o.restart, "M", "gmres: vectors in the basis");
  f("storage", o.storage, "NAME", "how the matrix is stored; auto: what takes least memory");
  f("kernel", o.kernel, "NAME", "what multiplies it; auto: the first for the storage");
  f("device", o.device, "NAME",
    "where: auto, cpu or cuda (an NVIDIA GPU); auto: large chains on a GPU, if there is one");
  f("precision", o.precision, "NAME",
    "auto, double or mixed: corrections in single precision, residuals and what they are added to in double");
  f("threads", o.threads, "N", "threads on the CPU; 0: all");
  f("tolerance", o.tolerance, "X", "on the true residual");
  f("max-iterations", o.max_iterations, "N", "stop after so many iterations in all; 0: no limit");
  f("time-limit", o.time_limit, "SECONDS", "stop after so long; 0: no limit");
}

}  // namespace steady
