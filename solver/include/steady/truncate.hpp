/// @file
/// Models without a largest state, such as queues whose `x : int init 0` has no range: kept are the states where the
/// probability is.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <steady/iteration.hpp>
#include <steady/model.hpp>
#include <steady/options.hpp>
#include <steady/solve.hpp>

namespace steady {

/// How far a truncation went.
struct Truncation {
  double tolerance = 0;    ///< asked for
  double outflow = 0;      ///< of all transitions in the long run of the kept states, the share that leaves them
  double moved = 0;        ///< by how much the last growth moved the distribution (total variation) or a measure
  bool reached = false;    ///< both are at most the tolerance
  bool complete = false;   ///< no transition leaves: these are all states that can be reached
  std::string reason;      ///< why the tolerance was not reached; empty where it was
  std::size_t solves = 0;  ///< one a set of states
  std::vector<std::size_t> unbounded;  ///< the variables without a range, by their numbers, ascending
  /// Proven, truncation included: max over sets A of states of |p(A) - pi(A)|, p being the solution's distribution, 0
  /// outside, and pi the whole chain's long run. Rates are those that doubles hold in kept states and in others what
  /// their expressions are in real numbers. Infinite where nothing is proven.
  double total_variation = INFINITY;
  std::string drift;         ///< the function that proves it, or was tried last; empty where there is none
  std::string proof_reason;  ///< why nothing is proven; empty where that was not tried
};

/// What is asked of a truncation.
struct TruncateOptions {
  double tolerance = 1e-9;  ///< above 0 and below 1
  /// A function of the variables in the PRISM language, nowhere negative, that falls on average in every state which is
  /// not kept (Meyn and Tweedie 1993): proves a bound, of a ctmc. Empty: polynomials of degree 1 to 3 are tried.
  std::string drift = {};
  bool prove = true;  ///< whether a bound is to be proven
};

/// A model on the states that were kept, transitions that leave them leading back to the likeliest one.
struct TruncatedModel {
  Model model;            ///< its chain is truncated, unless Truncation::complete
  Solution solution;      ///< of that chain, from the last solve
  Truncation truncation;  ///< how good that is
};

/// Keeps states best first, by the long-run flow that leads to them, in sets that double in size, until the outflow is
/// at most the tolerance and a growth moves neither the distribution, nor a variable's mean, nor a reward by more
/// (relative to those over 1). `options`: those of each solve; its time limit is for all of them. What
/// that neglects is proven by a drift function, and else estimated. Kuntz, Thomas, Stan and Barahona, SIAM Review 63
/// (2021), review such schemes. Throws Error as read_model() and solve(), for a tolerance that is not above 0 and below
/// 1, and for a model whose file lists its states.
TruncatedModel truncate(const std::string& path, const TruncateOptions& truncation = {}, const ReadOptions& read = {},
                        const Options& options = {}, const Observer& observer = {});

}  // namespace steady
