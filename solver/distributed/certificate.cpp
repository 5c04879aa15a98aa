#include "solver/distributed/certificate.hpp"

#include <algorithm>
#include <limits>

#include "formats/base/stopwatch.hpp"
#include "solver/distributed/total_variation.hpp"

namespace steady::detail {

namespace {

// Of the likeliest state, the first of several: hitting times are short there.
struct Reference {
  std::uint64_t state;
  double probability;
};

Reference likeliest(const Generator& q, const std::vector<double>& p) {
  const auto own = std::max_element(p.begin(), p.end());
  const double most = q.ranks().most(own == p.end() ? 0 : *own);
  const bool here = own != p.end() && *own == most;
  const auto place = q.first() + static_cast<std::uint64_t>(own - p.begin());
  return {q.ranks().least(here ? place : std::numeric_limits<std::uint64_t>::max()), most};
}

// h less its entry at the reference state, where nothing is to be negative.
void shift(const Generator& q, std::uint64_t reference, std::vector<double>& h) {
  const double there = q.ranks().sum(q.owns(reference) ? h[reference - q.first()] : 0.0);
  for (double& x : h) x = std::max(x - there, 0.0);
  if (q.owns(reference)) h[reference - q.first()] = 0;
}

// About the mean times until the reference state is reached: Q h = -1 but there, where the right side makes the system
// consistent, so that Q itself and its preconditioner serve.
std::vector<double> hitting_times(const Generator& q, Krylov& krylov, const Budget& budget,
                                  const Reference& reference) {
  constexpr double accuracy = 0.25;  // of the right side's -1: a digit is enough
  constexpr std::int64_t most_iterations = 10'000;
  std::vector<double> right(q.size(), -1.0), h(q.size());
  if (q.owns(reference.state)) right[reference.state - q.first()] = (1 - reference.probability) / reference.probability;
  const Watch watch = [&](std::int64_t iterations, double) {
    if (q.ranks().first()) budget.progress("hitting times", iterations);
    return budget.spent().has_value();
  };
  krylov.solve(Side::column, right, h, {accuracy, most_iterations, watch});
  shift(q, reference.state, h);
  return h;
}

}  // namespace

DistributedCertificate certify(const Generator& q, StationarySolver& solver, double target) {
  const Stopwatch watch;
  DistributedCertificate certificate;
  const Reference reference = likeliest(q, solver.distribution());
  certificate.reference = reference.state;
  const auto bound = [&] {
    return total_variation_bound(q, solver.distribution(), certificate.hitting_times, reference.state);
  };
  const auto try_witness = [&](Krylov& krylov) {
    certificate.hitting_times = hitting_times(q, krylov, solver.budget(), reference);
    certificate.total_variation = bound();
  };
  try_witness(solver.krylov());
  for (const KrylovMethod& method : krylov_methods) {
    if (certificate.proven() || solver.budget().spent()) break;
    Krylov krylov(q, method);
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
