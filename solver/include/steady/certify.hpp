/// @file
/// A proof with every answer: a bound on the total variation between a distribution and the exact one.
///
/// Witnesses are found with rounding, and a checker that shares nothing with the methods proves in outward-rounded
/// arithmetic what follows from them; papers/certificate/README.md has the theorem. Where the bound is too large, the
/// distribution is improved until it is small enough.
#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <steady/chain.hpp>
#include <steady/measures.hpp>
#include <steady/solve.hpp>

namespace steady {

namespace detail {
struct ProvenDistribution;
}

struct Certificate;

/// How far a proof goes.
struct CertifyOptions {
  double target = 1e-10;                                     ///< total variation at which to stop improving
  double work = 5e8;                                         ///< before it gives up, in transitions visited
  std::function<bool()> interrupted = [] { return false; };  ///< asked often; true ends it with what there is
  /// Of a chain with the same states and transitions whose rates are not far off: its hitting times, if its proof is by
  /// such, are tried first where they are needed. Null: none.
  const Certificate* similar = nullptr;
};

/// What was proven of a distribution.
struct Certificate {
  bool proven = false;  ///< whether a bound was
  std::string reason;   ///< why nothing was proven
  /// What can end a proof before its end: its own budget, or the caller.
  enum class Cut { none, work, interrupted };
  /// What ended this one early. A bound may be proven all the same, just not the one that was wanted.
  Cut cut = Cut::none;

  /// Proven: max over sets A of |distribution(A) - pi(A)| is at most total_variation.
  double total_variation = INFINITY;
  std::vector<double> distribution;     ///< one entry a state, none negative, sum about 1; empty where none is proven
  bool improved = false;                ///< whether it is another than the one given
  std::vector<State> reference_states;  ///< one of each bottom component that can be reached: those of the proof

  /// What was proven itself: a vector of more digits than doubles have, and its bound. Null where there is none.
  std::shared_ptr<const detail::ProvenDistribution> proof;
  double seconds = 0;  ///< that it took
};

/// `distribution`: one number a state, an approximation of the chain's long-run distribution, such as solve() gives.
/// Throws Error as validate() and require_whole() of the chain, where the distribution has not one finite entry a
/// state, and for a target or work that is negative or no number.
Certificate certify(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options = {},
                    Checked checked = Checked::no);

/// How much a proof may cost.
enum class Effort {
  modest,  ///< about twice the solve or half a second; of a relative proof six times, or some seconds
  any      ///< whatever it takes
};

/// What the digits of an answer are counted from.
enum class Accuracy {
  automatic,  ///< each value where a reward or a label asked for comes out rare
  absolute,   ///< 1
  relative    ///< each value itself, however small
};

/// What the program proves unasked.
inline constexpr double usual_target = 1e-9;

/// Proves a bound on the error of `solution`. Where that shows that the residual was not enough, the answer is improved
/// until the bound is at most `target`, and solution.distribution and .residual are those of the better one. Throws
/// Error as certify() of a distribution. `similar`: as CertifyOptions has it.
Certificate certify(
    const Chain& chain, Solution& solution, double target = usual_target, Effort effort = Effort::modest,
    const std::function<bool()>& interrupted = [] { return false; }, Checked checked = Checked::no,
    const Certificate* similar = nullptr);

/// Proves a converged solution, as certify() does, or any where the effort may be any. Where no error under 1e-6 is
/// proven and it was not eliminated, it looks for what makes such answers wrong, with check_aggregates(), and proves
/// what elimination gives then; a large chain counts as not converged where it is interrupted before that, and any
/// chain as converged where its proof has made another answer, of an error under 1e-6 or `target`. `options`:
/// those of the solve, with check_aggregates unset. Throws Error as certify() of a distribution. `similar`: as
/// CertifyOptions has it.
std::optional<Certificate> certify_or_check(const Chain& chain, Solution& solution, const Options& options,
                                            const Observer& observer, double target, Effort effort,
                                            const std::function<bool()>& interrupted, Checked checked = Checked::no,
                                            const Certificate* similar = nullptr);

/// Whether the answer can be relied on, which the program says with exit code 0: where a total variation `asked` was to
/// be proven, that it was; else that the solution has converged.
bool is_reliable(const Solution& solution, const std::optional<Certificate>& certificate,
                 const std::optional<double>& asked = std::nullopt);

/// Adds to a measure of the certified distribution what is proven of it: the bound on the error of its value, and where
/// the query is a comparison or a combination the answer, or none where the bounds do not decide it. evaluate() must
/// have gone well, and the certificate be proven. A query with a filter must be of a chain with one bottom component,
/// where the long run is the same from every state; bounds are added to the averages that it picks.
void prove(const Query& query, const Certificate& certificate, Measure& measure);

}  // namespace steady
