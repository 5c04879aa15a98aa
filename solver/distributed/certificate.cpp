#include "solver/distributed/certificate.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "formats/base/stopwatch.hpp"
#include "solver/distributed/total_variation.hpp"

namespace steady::detail {

namespace {

// Of each bottom component the likeliest state, the first of several: hitting times are short there.
struct References {
  std::vector<std::uint64_t> states;
  std::vector<double> probabilities;  // where the chain is in the component
};

References likeliest(const Generator& q, const BottomComponents& bottom, const std::vector<double>& p) {
  std::vector<double> most(bottom.count()), mass(bottom.count());
  for (std::size_t i = 0; i < p.size(); ++i) {
    const std::uint32_t k = bottom.component[i];
    if (k == BottomComponents::none) continue;
    most[k] = std::max(most[k], p[i]);
    mass[k] += p[i];
  }
  most = q.ranks().most(std::move(most));
  mass = q.ranks().sum(std::move(mass));
  std::vector<std::uint64_t> states(bottom.count(), std::numeric_limits<std::uint64_t>::max());
  for (std::size_t i = p.size(); i-- > 0;)
    if (const std::uint32_t k = bottom.component[i]; k != BottomComponents::none && p[i] == most[k])
      states[k] = q.first() + i;
  for (std::size_t k = 0; k < most.size(); ++k) most[k] /= mass[k];
  return {q.ranks().least(std::move(states)), std::move(most)};
}

// h, in each component less its entry at the reference, where nothing is to be negative. Outside, all as much more as
// makes up for the component that loses least: so the means ahead do not rise there.
void shift(const Generator& q, const BottomComponents& bottom, const References& references, std::vector<double>& h) {
  std::vector<double> there(bottom.count());
  for (std::size_t k = 0; k < there.size(); ++k)
    if (q.owns(references.states[k])) there[k] = h[references.states[k] - q.first()];
  there = q.ranks().sum(std::move(there));
  const double outside = *std::min_element(there.begin(), there.end());
  for (std::size_t i = 0; i < h.size(); ++i) {
    const std::uint32_t k = bottom.component[i];
    h[i] = std::max(h[i] - (k == BottomComponents::none ? outside : there[k]), 0.0);
  }
}

// About the mean times until a reference is reached: Q h = -1 but at these, where the right side makes the system
// consistent, so that Q itself and its preconditioner serve.
std::vector<double> hitting_times(const Generator& q, Krylov& krylov, const Budget& budget,
                                  const BottomComponents& bottom, const References& references) {
  constexpr double accuracy = 0.25;  // of the right side's -1: a digit is enough
  constexpr std::int64_t most_iterations = 10'000;
  std::vector<double> right(q.size(), -1.0), h(q.size());
  for (std::size_t k = 0; k < references.states.size(); ++k)
    if (q.owns(references.states[k]))
      right[references.states[k] - q.first()] = (1 - references.probabilities[k]) / references.probabilities[k];
  const Watch watch = [&](std::int64_t iterations, double) {
    if (q.ranks().first()) budget.progress("hitting times", iterations);
    return budget.spent().has_value();
  };
  krylov.solve(Side::column, right, h, {accuracy, most_iterations, watch});
  shift(q, bottom, references, h);
  return h;
}

}  // namespace

DistributedCertificate certify(const Generator& q, const Ends& ends, StationarySolver& solver, double target) {
  const Stopwatch watch;
  DistributedCertificate certificate;
  const References references = likeliest(q, ends.bottom, solver.within());
  certificate.references = references.states;
  const auto bound = [&] {
    return total_variation_bound(q, {ends.initial, ends.bottom, solver.distribution(), certificate.hitting_times,
                                     certificate.references, ends.absorption.visits});
  };
  const auto try_witness = [&](Krylov& krylov) {
    certificate.hitting_times = hitting_times(q, krylov, solver.budget(), ends.bottom, references);
    certificate.total_variation = bound();
  };
  try_witness(solver.krylov());
  for (const KrylovMethod& method : krylov_methods) {
    if (certificate.proven() || solver.budget().spent()) break;
    Krylov krylov(q.ranks(), q.matrix(), method);
    try_witness(krylov);
  }
  for (bool better = certificate.proven(); better && certificate.total_variation > target;) {
    solver.improve(0.5 * solver.residual() * target / certificate.total_variation);
    const double next = bound();
    better = next < 0.9 * certificate.total_variation;
    certificate.total_variation = next;
  }
  if (!certificate.proven()) certificate.reason = "the hitting times that were found prove nothing";
  certificate.seconds = watch.seconds();
  return certificate;
}

}  // namespace steady::detail
