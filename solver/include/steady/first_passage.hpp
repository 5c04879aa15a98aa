/// @file
/// Expected totals until a set of states is reached: mean first-passage times, such as a mean time to failure, and the
/// rewards earned by then, with proven bounds (Kemeny and Snell 1960, chapter 3; docs/certificate.md has the proof).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <steady/chain.hpp>
#include <steady/iteration.hpp>
#include <steady/options.hpp>

namespace steady {

/// What is earned on the way from each state to the target.
struct FirstPassage {
  /// One number a state: the expected total; 0 in the target, infinite where it is not reached with probability 1 (by
  /// the chain's graph alone), not a number where it is beyond the range of doubles, or no digit is known.
  std::vector<double> value;
  bool proven = false;          ///< whether the exact totals are bounded
  std::string reason;           ///< why not
  std::vector<double> lower;    ///< proven: one number a state, the exact total is at least this, or minus infinity
  std::vector<double> upper;    ///< likewise: at most this, or infinity
  std::vector<double> longest;  ///< likewise: one number a state, at least the expected time until the target
  AbsorptionSolveInfo solve;    ///< how the system was solved
};

/// Whether the totals are bounded, or at least as good as doubles make them.
inline bool solved(const FirstPassage& found) { return found.proven || solved(found.solve.outcome.stop); }

/// The expected total of `rate` a unit of time (DTMC: a step) until a state of the target is reached, from every state.
/// `target`: one entry a state; `rate`: of a state, finite, 1 for the time itself; both are asked by one thread. Where
/// Chain::rate_error is set, the bounds hold for every chain within. Throws Error as check_options(), as validate() and
/// require_whole() of the chain, where the target has not one entry a state, and for a rate that is not finite.
FirstPassage first_passage(const Chain& chain, const std::vector<bool>& target,
                           const std::function<double(State)>& rate, const Options& options = {},
                           const Observer& observer = {}, Checked checked = Checked::no);

}  // namespace steady
