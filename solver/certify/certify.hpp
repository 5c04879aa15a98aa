// A proof as the library's own code asks for it, and sees what was proven.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

#include <steady/certify.hpp>

#include "formats/chain/direction.hpp"
#include "solver/certify/checker.hpp"
#include "solver/kept_matrix.hpp"

namespace steady::detail {

// What was proven of a chain: p/m is within `bound` of its long-run distribution.
struct ProvenDistribution {
  Expansion exact;  // p
  Interval mass;    // m
  double bound = INFINITY;
  LongRun sets;
  Expansion hitting_times;
};

// What whoever solved the chain knows of it.
struct ProofHints {
  Direction direction = Direction::forward;  // of the sweeps that suit the distribution
  bool direct = false;  // the chain is easily eliminated: hitting times come from its factors, whatever the work
  const KeptMatrix* kept = nullptr;  // null: nothing was kept
};

// certify() of a distribution.
Certificate certify(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options,
                    const ProofHints& hints, Checked checked);

// What a pass over a matrix costs, in transitions that are visited where levels are wide: where they are narrow, most
// of what a processor does at once, and what threads wait for, is for nothing.
double work_of_pass(const Csr& matrix, std::size_t levels);

// The direction of the sweeps that solved the chain, else the one with more dependency levels.
Direction direction_of(const Solution& solution);

// Transitions that solving looked at, as work_of_pass() counts them.
double work_of(const Chain& chain, const Solution& solution);

// The states of the bottom components that can be reached, by the chain's graph: no weight that was computed says
// which.
std::vector<bool> states_of_long_run(const Solution& solution);

// All values that the long-run average of a function of the state can have; f must be safe to call from several
// threads.
using Enclosure = std::function<Interval(const std::function<double(State)>& f)>;
Interval enclose(const std::function<double(State)>& f, const Certificate& certificate);

// ... of a leaf of a query without a target, whose own values may be known within errors.
Interval enclose(const Query& leaf, const Enclosure& average);

// All values that a leaf of a query can have; not finite where nothing is proven of it, but for one that is infinite.
using LeafEnclosure = std::function<Interval(const Query& leaf)>;
// ... from each starting state.
using LeafEnclosures = std::function<std::vector<Interval>(const Query& leaf)>;

// prove() of a measure without a filter, and of one with a filter, by any enclosures.
void prove(const Query& query, const LeafEnclosure& enclose, Measure& measure);
void prove_filtered(const Query& query, const LeafEnclosures& enclose, Measure& measure);

// Adds x to a sum in two parts, or makes it one.
void add(const std::vector<double>& x, Expansion& to);

}  // namespace steady::detail
