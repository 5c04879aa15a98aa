#include "solver/distributed/total_variation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "solver/distributed/absorption.hpp"

namespace steady::detail {

namespace {

constexpr double smallest = std::numeric_limits<double>::denorm_min();

// A computed flow into a state has at most longest_sum() products, its exit rate as many rates: both are within this of
// the exact ones, relatively, and with their difference's own rounding the difference is within it of their sum.
double gamma_of(const Generator& q) { return rounding_of_sum(q.longest_sum()); }

// What products lose below the range of normal doubles, in all.
double loss_of(const Generator& q) { return static_cast<double>(q.longest_sum() + 16) * smallest; }

// Whether each set has a reference in it, and no transition leaves one; and every number has a sign that it may have.
bool is_sound(const Generator& q, const Claim& claim) {
  const std::vector<std::uint32_t>& component = claim.bottom.component;
  bool sound = arithmetic_is_sound() && q.states() < std::uint64_t{1} << 50;
  sound = sound && claim.references.size() == claim.bottom.count();
  for (std::size_t k = 0; sound && k < claim.references.size(); ++k)
    if (q.owns(claim.references[k])) sound = component[claim.references[k] - q.first()] == k;
  std::vector<double> elsewhere;
  q.halo().fetch(std::vector<double>(component.begin(), component.end()), elsewhere);
  for (std::size_t i = 0; i < q.size(); ++i) {
    const bool inside = component[i] != BottomComponents::none;
    sound = sound && claim.h[i] >= 0 && std::isfinite(claim.h[i]) && (inside ? claim.p[i] >= 0 : claim.p[i] == 0);
    if (!claim.visits.empty()) sound = sound && (inside ? claim.visits[i] == 0 : claim.visits[i] >= 0);
    if (!inside) continue;
    q.for_each_transition(
        i, [&](std::size_t k, double) { sound = sound && component[k] == component[i]; },
        [&](std::size_t place, double) { sound = sound && elsewhere[place] == component[i]; });
  }
  return !q.ranks().any(!sound);
}

// The sum of |r| h over the states, r = p Q, over the least drift -(Q h) of any state but the references; infinite
// where that is none. h is 0 at the references.
double within_sets(const Generator& q, const Claim& claim) {
  const double gamma = gamma_of(q), loss = loss_of(q);
  const std::vector<double> inflow = q.inflow(claim.p), ahead = q.mean_ahead(claim.h);
  std::vector<char> is_reference(q.size());
  bool sound = true;
  for (const std::uint64_t state : claim.references)
    if (q.owns(state)) is_reference[state - q.first()] = 1;
  double drift = INFINITY, weighted = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (is_reference[i] != 0) {
      sound = sound && claim.h[i] == 0;
      continue;
    }
    const double outflow = claim.p[i] * q.exit_rate()[i], held = q.exit_rate()[i] * claim.h[i];
    weighted += (std::abs(inflow[i] - outflow) + gamma * (inflow[i] + outflow) + loss) * claim.h[i] + loss;
    drift = std::min(drift, held - ahead[i] - gamma * (held + ahead[i]) - loss);
  }
  sound = !q.ranks().any(!sound);
  drift = q.ranks().least(drift);
  weighted = q.ranks().sum(weighted);
  return sound && drift > 0 ? weighted / drift : INFINITY;
}

// How far the masses of several sets are from the probabilities of ending in them: half of the sum over the sets, and
// half of what the visits leave unexplained.
double between_sets(const Generator& q, const Claim& claim, double mass) {
  if (claim.bottom.count() == 1) return 0;
  const double gamma = gamma_of(q), loss = loss_of(q), of_sums = 2 * (gamma + rounding_of_sum(q.states()));
  const std::vector<double> begin = initial_probabilities(q, claim.initial);
  const std::vector<double> visits = claim.visits.empty() ? std::vector<double>(q.size()) : claim.visits;
  const std::vector<double> inflow = q.inflow(visits);
  std::vector<double> masses(claim.bottom.count()), weights(claim.bottom.count());
  double unexplained = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    const double outflow = visits[i] * q.exit_rate()[i], entering = begin[i] + inflow[i];
    if (const std::uint32_t k = claim.bottom.component[i]; k != BottomComponents::none) {
      masses[k] += claim.p[i];
      weights[k] += entering;
    } else {
      unexplained += std::abs(entering - outflow) + gamma * (entering + outflow) + loss;
    }
  }
  masses = q.ranks().sum(std::move(masses));
  weights = q.ranks().sum(std::move(weights));
  unexplained = q.ranks().sum(unexplained);
  double apart = static_cast<double>(q.states()) * loss;
  for (std::size_t k = 0; k < masses.size(); ++k)
    apart += std::abs(masses[k] / mass - weights[k]) + of_sums * (masses[k] / mass + weights[k]);
  return 0.5 * (apart + unexplained);
}

}  // namespace

double rounding_of_sum(std::uint64_t numbers) {
  constexpr double unit = 0x1p-53;
  return 2 * unit * (static_cast<double>(numbers) + 16);  // gamma_k of n + 16 or fewer, as long as these are under 2^50
}

double total_variation_bound(const Generator& q, const Claim& claim) {
  if (!is_sound(q, claim)) return INFINITY;
  double own = 0;
  for (const double x : claim.p) own += x;
  const double mass = q.ranks().sum(own);
  const double within = within_sets(q, claim), between = between_sets(q, claim, mass);
  if (!(mass > 0) || !std::isfinite(within)) return INFINITY;
  // The sums over all states, and the few operations here.
  const double bound = (within / mass + between) * (1 + 4 * rounding_of_sum(q.states()));
  return std::isfinite(bound) ? (bound > 0 ? next_up(bound) : 0) : INFINITY;
}

}  // namespace steady::detail
