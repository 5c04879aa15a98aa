/// @file
/// What a user may choose of a solve. The program's options have the same names and defaults.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <steady/csr.hpp>

namespace steady {

/// How a chain is solved.
enum class Method {
  automatic,     ///< several, one after the other until one solves the chain
  power,         ///< steps of the uniformised chain
  jacobi,        ///< damped
  gauss_seidel,  ///< sweeps
  sor,           ///< Gauss-Seidel with a relaxation factor
  gmres,         ///< Saad and Schultz 1986
  fgmres,        ///< GMRES whose preconditioner may change: Saad 1993
  bicgstab,      ///< van der Vorst 1992
  idr,           ///< IDR(4): Sonneveld and van Gijzen 2008
  multilevel,    ///< aggregation and disaggregation in cycles: Horton and Leutenegger 1994
  gth            ///< elimination without subtractions: Grassmann, Taksar and Heyman 1985
};

/// What gmres, fgmres, bicgstab and idr are preconditioned by.
enum class Preconditioner {
  automatic,               ///< what suits the direction of sweeps; Method::automatic tries several
  none,                    ///< nothing
  gauss_seidel,            ///< a triangular solve
  two_stage,               ///< the same approximately, by a few Jacobi steps
  symmetric_gauss_seidel,  ///< a triangular solve in each direction
  ilu0,                    ///< incomplete factors without fill: Meijerink and van der Vorst 1977
  multilevel               ///< a cycle of Method::multilevel
};

/// In which order sweeps visit the states.
enum class SweepDirection {
  automatic,  ///< the one in which sweeps converge faster, by dependency levels or a trial
  forward,    ///< in ascending order
  backward,   ///< in descending order
  symmetric   ///< forward and backward in turn
};

/// Where a chain is solved.
enum class Device {
  automatic,  ///< large chains on a GPU, if there is one
  cpu,        ///< by the host's threads
  cuda        ///< on the first NVIDIA GPU
};

/// In which precision corrections are found; residuals and what corrections are added to are doubles in any case.
enum class Precision {
  automatic,         ///< mixed where method and storage have it
  double_precision,  ///< in double
  mixed              ///< in single: of bicgstab, preconditioned by sweeps, with Storage::mask on the CPU
};

/// What a method is called on the command line and in reports, such as "auto" or "gauss-seidel". Throws Error for a
/// value that is none of the enumerators.
std::string_view name(Method method);

/// Likewise of a preconditioner.
std::string_view name(Preconditioner preconditioner);

/// Likewise of a direction of sweeps.
std::string_view name(SweepDirection direction);

/// Likewise of a device.
std::string_view name(Device device);

/// Likewise of a precision.
std::string_view name(Precision precision);

/// How solve() goes about it, and when it stops.
struct Options {
  Method method = Method::automatic;                          ///< what is run
  Preconditioner preconditioner = Preconditioner::automatic;  ///< of the methods that take one
  SweepDirection direction = SweepDirection::automatic;       ///< of sweeps
  std::optional<double> relaxation;                           ///< factor, above 0 and below 2; empty: the method's own
  std::size_t restart = 30;                                   ///< gmres, fgmres: vectors in the basis, 1 to 1000
  Storage storage = Storage::automatic;                       ///< how the matrix is stored
  /// What multiplies it, by the name that the list of kernels has, such as "csr-rows"; "auto": the first for the
  /// storage. Which there are depends on the build.
  std::string kernel = "auto";
  Device device = Device::automatic;           ///< where
  Precision precision = Precision::automatic;  ///< of corrections
  int threads = 0;                             ///< on the CPU; 0: as many as OpenMP gives
  double tolerance = 1e-12;                    ///< on ||pi Q||_1 / max exit rate (CTMC) or ||pi P - pi||_1 (DTMC)
  bool check_aggregates = true;                ///< see check_aggregates(); not for who proves the answer in any case
  bool rough = false;  ///< the residual alone decides, not also the balance of each state and what a cycle still moves
  /// In the Solution, for certify(), which is quicker then: the solve goes on to a thousandth of its tolerance, too.
  bool keep_matrix = false;
  double most_multiplications = 1e300;  ///< that an elimination asked for by Method::gth may take
  std::size_t max_iterations = 0;       ///< over all methods tried; 0: no limit
  double time_limit = 0;                ///< seconds; 0: no limit
  /// GiB, for the chain and what solving it takes; 0: no limit. What is read before has ReadOptions::memory_limit.
  double memory_limit = 0;
};

/// Throws Error for a value that is none of its enumeration, a kernel that is not built, or a number that is out of
/// range; it names the option and what there is.
void check_options(const Options& options);

}  // namespace steady
