// The proof that comes with an answer of solve().
#pragma once

#include <functional>
#include <optional>

#include "solver/certify/certify.hpp"
#include "solver/measures.hpp"
#include "solver/solve.hpp"

namespace steady {

// The direction of the sweeps that solved the chain, else the one with more dependency levels.
Direction direction_of(const Solution& solution);

// Transitions that solving looked at, as work_of_pass() counts them.
double work_of(const Chain& chain, const Solution& solution);

// How much a proof may cost: about twice the solve or half a second, or whatever it takes.
enum class Effort { modest, any };

// Proves a bound on the error of `solution`. Where that shows that the residual was not enough, the answer is improved
// until the bound is at most `target`, and solution.distribution and .residual are those of the better one. Throws
// Error as certify() of a distribution.
Certificate certify(const Chain& chain, Solution& solution, double target, Effort effort,
                    const std::function<bool()>& interrupted, Checked checked = Checked::no);

// What the program proves unasked.
inline constexpr double usual_target = 1e-10;

// Proves a converged solution, as certify() does, or any where the effort may be any. Where no error under 1e-6 is
// proven and it was not eliminated, it looks for what makes such answers wrong, with check_aggregates(), and proves
// what elimination gives then; a large chain counts as not converged where it is interrupted before that. `options`:
// those of the solve, with check_aggregates unset.
std::optional<Certificate> certify_or_check(const Chain& chain, Solution& solution, const Options& options,
                                            const Observer& observer, double target, Effort effort,
                                            const std::function<bool()>& interrupted, Checked checked = Checked::no);

// Whether the answer can be relied on, which the program says with exit code 0: where a total variation `asked` was to
// be proven, that it was; else that the solution has converged.
bool is_reliable(const Solution& solution, const std::optional<Certificate>& certificate,
                 const std::optional<double>& asked = std::nullopt);

// All values that the long-run average of a function of the state can have; f must be safe to call from several
// threads.
using Enclosure = std::function<Interval(const std::function<double(State)>& f)>;
Interval enclose(const std::function<double(State)>& f, const Certificate& certificate);

// Adds to a measure what is proven of it by enclosures: the bounds on the error of its value, and where
// the query is a comparison or a combination the answer, or none where they do not decide it. evaluate() must
// have gone well. A query with a filter must be of a chain with one bottom component, where the long run is the same
// from every state; bounds are added to the averages that it picks.
void prove(const Query& query, const Enclosure& enclose, Measure& measure);

// Adds to a measure of the certified distribution what is proven of it, as with enclosures.
void prove(const Query& query, const Certificate& certificate, Measure& measure);

}  // namespace steady
