// The fields of Options as options of the command line: name and help below each other, the default from the field.
#pragma once

#include <fmt/format.h>

#include <string>

#include <steady/options.hpp>

#include "solver/names.hpp"

namespace steady::detail {

// Calls f(name, field, value's name, help) for every option, in the order in which help shows them.
template <class Function>
void for_each_option(Options& o, Function f) {
  const auto methods = enumerated(all_names<Method>()), preconditioners = enumerated(all_names<Preconditioner>()),
             directions = enumerated(all_names<SweepDirection>()), devices = enumerated(all_names<Device>()),
             precisions = enumerated(all_names<Precision>()), storages = enumerated(all_names<Storage>());
  f("method", o.method, "NAME", methods);
  f("preconditioner", o.preconditioner, "NAME", "of gmres, fgmres, bicgstab and idr: " + preconditioners);
  f("direction", o.direction, "NAME", "of sweeps: " + directions);
  f("relaxation", o.relaxation, "W", "relaxation factor of jacobi (default 0.9) and sor or gauss-seidel (default 1)");
  f("restart", o.restart, "M", "gmres: vectors in the basis");
  f("storage", o.storage, "NAME", fmt::format("how the matrix is stored: {}; auto: what takes least memory", storages));
  f("kernel", o.kernel, "NAME", "what multiplies it; auto: the first for the storage");
  f("device", o.device, "NAME",
    fmt::format("where: {} (an NVIDIA GPU); auto: large chains on a GPU, if there is one", devices));
  f("precision", o.precision, "NAME",
    fmt::format("{}: corrections in single precision, residuals and what they are added to in double", precisions));
  f("threads", o.threads, "N", "threads on the CPU; 0: all");
  f("tolerance", o.tolerance, "X", "on the true residual");
  f("max-iterations", o.max_iterations, "N", "stop after so many iterations in all; 0: no limit");
  f("time-limit", o.time_limit, "SECONDS", "stop after so long; 0: no limit");
}

}  // namespace steady::detail
