// A proof with every answer: finds the witnesses that the checker asks for, and improves the answer until the bound
// that they prove is small enough.
//
// References: the most likely state of each bottom component, where hitting times are short. Hitting times: one linear
// solve, to about one digit. Where the bound is too large, the distribution is kept as a sum of several vectors of
// doubles and corrected with its residual in that precision. Small chains are eliminated without subtractions, at need
// in 192 bits.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "formats/matrix/direction.hpp"
#include "solver/certify/checker.hpp"
#include "solver/chain.hpp"

namespace steady {

struct CertifyOptions {
  double target = 1e-10;                     // total variation at which to stop improving
  double work = 5e8;                         // before it gives up, in transitions visited: work_of_pass() has the unit
  Direction direction = Direction::forward;  // of the sweeps that suit the distribution
  bool direct = false;  // the chain is easily eliminated: hitting times come from its factors, whatever the work
  std::function<bool()> interrupted = [] { return false; };
};

// What a pass over a matrix costs, in transitions that are visited where levels are wide: where they are narrow, most
// of what a processor does at once, and what threads wait for, is for nothing.
double work_of_pass(const Csr& matrix, std::size_t levels);

// Adds x to a sum in two parts, or makes it one.
void add(const std::vector<double>& x, Parts& to);

struct Certificate {
  bool proven = false;
  std::string reason;  // why nothing was proven
  // What ended it, where it had not come to its end: its own budget, or the caller. A bound may be proven all the same,
  // just not the one that was wanted.
  enum class Cut { none, work, interrupted } cut = Cut::none;

  // Proven: max over sets A of |distribution(A) - pi(A)| is at most total_variation.
  double total_variation = INFINITY;
  std::vector<double> distribution;  // none negative, summing to about 1
  bool improved = false;             // whether it is another than the one given

  // What was proven itself: p/m within `bound`.
  Parts exact;
  Interval mass;
  double bound = INFINITY;
  LongRun sets;
  Parts hitting_times;
  double seconds = 0;
};

// `distribution`: one number a state, an approximation of the chain's long-run distribution, such as solve() gives.
// Throws Error as validate() of the chain, where the distribution has not one finite entry a state, and for a target or
// work that is negative or no number.
Certificate certify(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options = {},
                    Checked checked = Checked::no);

}  // namespace steady
