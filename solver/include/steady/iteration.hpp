/// @file
/// What iterations are told, tell and return: why a method stopped, what an observer sees, where a solve begins.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <steady/csr.hpp>
#include <steady/options.hpp>

namespace steady {

/// Why a method stopped.
enum class Stop {
  converged,        ///< the true residual is at most the tolerance, and the states are balanced
  rounding,         ///< it no longer falls, above the tolerance but under 1e-10: as exact as doubles make it
  stagnated,        ///< it no longer falls, or too slowly
  broke_down,       ///< the recursion failed (division by zero, not a number)
  filled_in,        ///< the elimination would keep too many of the transitions that it makes
  iteration_limit,  ///< Options::max_iterations
  time_limit,       ///< Options::time_limit
  interrupted       ///< Observer::interrupted
};

/// In words, as reports have it: "converged", "time limit".
std::string_view describe(Stop stop);

/// Whether the answer is as good as was asked for, or as doubles make it.
inline bool solved(Stop stop) { return stop == Stop::converged || stop == Stop::rounding; }

/// Whether another method may do better.
inline bool gave_up(Stop stop) {
  return stop == Stop::stagnated || stop == Stop::broke_down || stop == Stop::filled_in;
}

/// What became of a method's run.
struct [[nodiscard]] Outcome {
  Stop stop = Stop::stagnated;  ///< why it stopped
  std::size_t iterations = 0;   ///< as the method counts them
  std::size_t passes = 0;       ///< products with, or sweeps over, the whole matrix
  double residual = 0;          ///< of the normalised iterate, in the units of the tolerance
};

/// What runs.
struct MethodConfig {
  Method method = Method::automatic;               ///< never automatic where it runs
  std::optional<Preconditioner> preconditioner{};  ///< empty where the method takes none
  std::optional<SweepDirection> direction{};       ///< likewise
  /// Whether both are the same in all three.
  bool operator==(const MethodConfig&) const = default;
};

/// A copy of an iterate, one value a state in the chain's order; neither normalised nor always free of negative
/// entries.
using Iterate = std::function<std::vector<double>()>;

/// One look at a running method.
struct IterationInfo {
  const std::optional<MethodConfig>& config;  ///< empty: the times that the chain spends in transient states are found
  std::size_t iterations;                     ///< of the running method
  std::size_t passes;                         ///< over the matrix, of the running method
  double seconds;                             ///< since the solve began
  double residual;                            ///< as measured now, in the units of the tolerance
  Iterate iterate;                            ///< empty where no bottom component is being solved
  State component = 0;                        ///< else its first state
};

/// Who watches a solve, and may end it.
struct Observer {
  /// Called from the thread that called solve(), whenever a residual was measured.
  std::function<void(const IterationInfo&)> on_iteration = [](const IterationInfo&) {};
  /// Asked often; true ends the solve with what there is.
  std::function<bool()> interrupted = [] { return false; };
};

/// A method that was run, on one irreducible chain or on several of one kind.
struct Attempt {
  MethodConfig config;     ///< what was run
  Outcome outcome;         ///< of several: counts added, the largest residual, the worst reason to stop
  double seconds = 0;      ///< that it took
  std::size_t chains = 1;  ///< on how many
  bool mixed = false;      ///< it began with corrections in single precision
};

/// How the systems on the transient states are solved, in ascending order of effort.
enum class AbsorptionMethod {
  none,                 ///< there was nothing to solve
  division,             ///< no cycle among these states
  elimination,          ///< without subtractions, right in every entry
  bicgstab,             ///< preconditioned by incomplete factors
  bicgstab_elimination  ///< elimination where that failed
};

/// In words, as reports have it: "division"; the last is "bicgstab, elimination". Throws Error for a value that is none
/// of the enumerators.
std::string_view name(AbsorptionMethod method);

/// How a system on the transient states was solved (Kemeny and Snell 1960, chapter 3).
struct AbsorptionSolveInfo {
  std::size_t states = 0;                            ///< of the system; 0: there was nothing to solve
  AbsorptionMethod method = AbsorptionMethod::none;  ///< the most elaborate that was needed
  Outcome outcome = {Stop::converged, 0, 0, 0};      ///< of all components together
  /// Of expected times that were eliminated: the largest relative difference between what flows into a state and out of
  /// it. However long the chain stays, it tells what the probabilities of ending here or there are off by; above the
  /// tolerance the residual tells of eliminated states only what doubles make of such times.
  double balance = 0;
  double iterated = 0;  ///< how far iteration may have left the probabilities of ending here or there off, at most
  double seconds = 0;   ///< that it took
};

/// Where a solve begins, or has come to. An earlier solution alone, without a method, is one, too.
struct InitialGuess {
  /// How likely each state of the chain is within its bottom component, up to a factor; empty: nothing is known.
  std::vector<double> iterate;
  std::optional<MethodConfig> config;  ///< that was running; Method::automatic goes on with it
  std::optional<State> component;      ///< on the bottom component with this first state
};

}  // namespace steady
