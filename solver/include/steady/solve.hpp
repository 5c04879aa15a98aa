/// @file
/// The front door: a chain in, its long-run distribution out, with the residual that was measured.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <steady/chain.hpp>
#include <steady/iteration.hpp>
#include <steady/options.hpp>
#include <steady/structure.hpp>

namespace steady {

namespace detail {
struct KeptMatrix;
}

/// Whose long runs are wanted.
enum class Starts {
  initial,  ///< of the chain's initial distribution alone
  every     ///< of every state as a starting state
};

/// A set of states that the chain never leaves and wanders through for ever.
struct BottomComponent {
  std::vector<State> states;  ///< ascending
  double weight = 1;          ///< probability of ending here, from the initial distribution; may be rounded to 0
  bool reachable = true;      ///< whether it is not 0, by the chain's graph
};

/// What a solve found.
struct Solution {
  std::vector<double> distribution;  ///< one probability a state of the chain, none negative, summing to 1
  bool converged = false;            ///< whether the residual is at most the tolerance, or as small as doubles make it
  bool eliminated = false;           ///< right in every entry, as nothing is subtracted
  /// An estimate of the total variation from what is right, where it was looked for.
  std::optional<double> aggregate_error;
  /// Whether that is over 1e4 times the tolerance, at least 1e-8 and at most 1e-3: the distribution is not known,
  /// whatever the residual, and has not converged.
  bool slow_modes = false;
  /// The larger of ||pi Q||_1 / max exit rate (CTMC) or ||pi P - pi||_1 (DTMC), of `distribution` itself, and, where
  /// the chain may end in several components, of ||a_T + y Q_TT||_1, which sees their weights (T: the transient states,
  /// a: the initial distribution, y: the expected times in T).
  double residual = 0;
  /// max over the states i with exit rate q_i > 0 of |(pi Q)_i| / (q_i max(pi_i, 1/n)): flow in and out compared in
  /// units of each state's own flow.
  double balance = 0;
  std::vector<Attempt> tried;     ///< in order, the largest component's last; empty where each component is one state
  AbsorptionSolveInfo transient;  ///< how the weights were found, where there are several
  std::vector<BottomComponent> components;  ///< those that can be reached, or with Starts::every all
  /// With Starts::every: probability of each state, given that the chain ends in its component; transient states have
  /// 0.
  std::vector<double> conditional;
  std::size_t passes = 0;          ///< over the matrix, in all
  std::optional<Storage> storage;  ///< of the largest component's matrix; empty where none was needed
  std::string kernel = "none";     ///< likewise; "none" where there is no such matrix
  Device device = Device::cpu;     ///< where the largest component was solved
  int threads = 1;                 ///< on the CPU
  Structure structure;             ///< of the chain's graph
  /// Time spent.
  struct Seconds {
    double structure = 0;  ///< on the graph
    double setup = 0;      ///< on choosing, and making what iterations need
    double solve = 0;      ///< on iterations and eliminations
    double check = 0;      ///< on looking for what residuals do not show: check_aggregates()
  } seconds;               ///< wall clock
  /// With Options::keep_matrix, of an irreducible chain that was swept over on the CPU: its matrix, which certify()
  /// goes on with and lets go of. Else null.
  std::shared_ptr<const detail::KeptMatrix> kept;
};

/// Long-run (Cesaro) average distribution of the chain from its initial distribution: each bottom component that can be
/// reached is solved on its own and weighted with the probability of ending there. Transient states have probability 0.
/// `from`: where the iterations begin, an earlier solution or a checkpoint; the answer is as exact wherever that is.
/// Throws Error as check_options(), as validate() of the chain, and where `from` has not one finite entry a state; with
/// cause machine where a device or memory is missing. A failure to converge is in the Solution, not an exception.
/// Stewart 1994, Introduction to the Numerical Solution of Markov Chains, has the methods.
Solution solve(const Chain& chain, const Options& options = {}, const Observer& observer = {},
               Starts starts = Starts::initial, const InitialGuess& from = {}, Checked checked = Checked::no);

/// Looks for slow modes, which no residual sees: sets of states that are hardly ever left, whose probabilities may be
/// wrong (Courtois 1977). Where there are, the chain is eliminated if options.method is automatic and that takes no
/// more than about a minute; else the solution has not converged. Nor has it where the time limit or an interrupt ends
/// the search. Nothing is done for one that was eliminated. Throws Error as solve().
void check_aggregates(const Chain& chain, Solution& solution, const Options& options, const Observer& observer = {},
                      Checked checked = Checked::no);

/// The solution's residual and balance, anew. The chain and the solution must be valid.
void measure_residual(const Chain& chain, Solution& solution);

/// ||pi Q||_1 / max exit rate (CTMC) or ||pi P - pi||_1 (DTMC) of any distribution over the chain's states. Throws
/// Error as validate() of the chain, and where the distribution has not one finite entry a state.
double true_residual(const Chain& chain, const std::vector<double>& distribution, Checked checked = Checked::no);

}  // namespace steady
