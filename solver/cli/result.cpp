#include "solver/cli/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace steady::cli {

namespace {

// A sum of p(i) f(i) over states i, enclosed, with low <= f <= high where p is not 0.
Figure average_in(const Result& result, const Interval& sum, double low, double high) {
  Figure figure{sum.low + (sum.high - sum.low) / 2, {}};
  if (!result.certificate || !result.certificate->proven) return figure;
  const double each = result.certificate->total_variation;
  // (p - pi) f = (p - pi) (f - low) + low (p - pi) 1: on any set p - pi is at most `each`.
  const double bound = multiply_up(each, add_up(add_up(high, -low), std::abs(low)));
  const Interval range = sum + Interval(-bound, bound);
  figure.proven = Interval(std::clamp(range.low, low, high), std::clamp(range.high, low, high));
  return figure;
}

}  // namespace

std::vector<Marginal> marginals(const Result& result) {
  const States& states = result.model.chain.states;
  const std::vector<double>& distribution = result.solution.distribution;
  std::vector<Marginal> all;
  for (std::size_t v = 0; v < states.packing.variables().size(); ++v) {
    std::map<std::int64_t, EnclosedSum> sums;
    EnclosedSum mean;
    for (std::size_t i = 0; i < distribution.size(); ++i) {
      const std::int64_t value = states.value(i, v);
      sums[value].add_product(distribution[i], 1);
      mean.add_product(distribution[i], static_cast<double>(value));
    }
    const auto low = static_cast<double>(sums.begin()->first), high = static_cast<double>(sums.rbegin()->first);
    Marginal& marginal =
        all.emplace_back(Marginal{states.packing.variables()[v].name, average_in(result, mean.value(), low, high), {}});
    for (const auto& [value, sum] : sums) marginal.probability[value] = probability_in(result, sum.value());
  }
  return all;
}

Figure probability_in(const Result& result, const Interval& sum) { return average_in(result, sum, 0, 1); }

Figure probability_of(const Result& result, const BottomComponent& part) {
  if (!result.certificate || !result.certificate->proven) return {part.weight, {}};
  EnclosedSum sum;
  for (const State i : part.states) sum.add_product(result.solution.distribution[i], 1);
  return probability_in(result, sum.value());
}

std::vector<State> most_likely(const std::vector<double>& distribution, std::size_t count) {
  std::vector<State> states(distribution.size());
  std::iota(states.begin(), states.end(), State{0});
  const auto last = states.begin() + static_cast<std::ptrdiff_t>(std::min(count, states.size()));
  std::partial_sort(states.begin(), last, states.end(), [&](State a, State b) {
    return distribution[a] != distribution[b] ? distribution[a] > distribution[b] : a < b;
  });
  states.erase(last, states.end());
  return states;
}

}  // namespace steady::cli
