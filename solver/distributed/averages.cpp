#include "solver/distributed/averages.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "solver/certify/certify.hpp"
#include "solver/distributed/total_variation.hpp"

namespace steady::detail {

namespace {

struct Average {
  double value;
  Interval exact;  // where the exact one is
};

// The average over p and, by the bound times the spread of f, over the exact distribution.
Average average(const Generator& q, const std::function<double(State)>& f, const std::vector<double>& p, double mass,
                double total_variation) {
  double sum = 0, size = 0, least = INFINITY, most = -INFINITY;
  q.ranks().together([&] {  // f may have no value in some state
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double value = f(static_cast<State>(i));
      sum += p[i] * value;
      size += std::abs(p[i] * value);
      least = std::min(least, value);
      most = std::max(most, value);
    }
  });
  const double value = q.ranks().sum(sum) / mass;
  size = q.ranks().sum(size) / mass;
  least = q.ranks().least(least);
  most = q.ranks().most(most);
  const double error =
      add_up(multiply_up(total_variation, add_up(most, -least)), multiply_up(2 * rounding_of_sum(q.states()), size));
  if (!std::isfinite(error)) return {value, {-INFINITY, INFINITY}};
  const Interval exact(add_down(value, -error), add_up(value, error));
  return {value, {std::clamp(exact.low, least, most), std::clamp(exact.high, least, most)}};
}

}  // namespace

std::vector<Measure> measure(const Generator& q, const std::vector<Query>& queries, const std::vector<double>& p,
                             double total_variation, bool converged) {
  double own = 0;
  for (const double x : p) own += x;
  const double mass = q.ranks().sum(own);
  const bool proven = std::isfinite(total_variation);
  std::vector<Measure> measures;
  for (const Query& query : queries) {
    std::map<const Query*, Average> averages;  // by all ranks, in the same order
    for (const Query* leaf : leaves_of(query)) averages[leaf] = average(q, leaf->value, p, mass, total_variation);
    Measure measure = evaluate(query, LeafValue([&](const Query& leaf) { return averages.at(&leaf).value; }));
    if (proven) prove(query, LeafEnclosure([&](const Query& leaf) { return averages.at(&leaf).exact; }), measure);
    if (!proven && !converged) {
      measure.undecided = measure.undecided || measure.holds;
      measure.holds.reset();
    }
    measures.push_back(std::move(measure));
  }
  return measures;
}

}  // namespace steady::detail
