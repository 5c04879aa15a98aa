#include "solver/distributed/variables.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "solver/distributed/total_variation.hpp"

namespace steady::detail {

namespace {

// A sum of p(i) f(i), with low <= f <= high where p is not 0, as of a distribution that is within the bound of p.
Figure enclosed(const Generator& q, double sum, double low, double high, double total_variation) {
  Figure figure{sum, {}};
  const double largest = std::max(std::abs(low), std::abs(high));
  const double error = add_up(multiply_up(total_variation, add_up(add_up(high, -low), std::abs(low))),
                              multiply_up(2 * rounding_of_sum(q.states()), largest));
  if (std::isfinite(error))
    figure.proven = Interval(std::clamp(add_down(sum, -error), low, high), std::clamp(add_up(sum, error), low, high));
  return figure;
}

Marginal marginal(const Generator& q, const States& own, std::size_t v, const std::vector<double>& p,
                  double total_variation) {
  const Variable& variable = own.packing.variables()[v];
  const auto values = static_cast<std::size_t>(variable.high - variable.low) + 1;
  std::vector<double> sums(values), counts(values);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto place = static_cast<std::size_t>(own.value(i, v) - variable.low);
    sums[place] += p[i];
    ++counts[place];
  }
  sums = q.ranks().sum(std::move(sums));
  counts = q.ranks().sum(std::move(counts));
  Marginal marginal{variable.name, {}, {}};
  double mean = 0;
  for (std::size_t k = 0; k < values; ++k) {
    if (counts[k] == 0) continue;
    const std::int64_t value = variable.low + static_cast<std::int64_t>(k);
    mean += static_cast<double>(value) * sums[k];
    marginal.probability[value] = enclosed(q, sums[k], 0, 1, total_variation);
  }
  const auto low = static_cast<double>(marginal.probability.begin()->first),
             high = static_cast<double>(marginal.probability.rbegin()->first);
  marginal.mean = enclosed(q, mean, low, high, total_variation);
  return marginal;
}

// Of every rank as many, one after the other, on the first rank; `each`: of each rank.
template <class Number>
std::vector<Number> gathered(const Ranks& ranks, const std::vector<Number>& own, MPI_Datatype type) {
  std::vector<Number> all(ranks.first() ? own.size() * static_cast<std::size_t>(ranks.count()) : 0);
  const auto each = static_cast<int>(own.size());
  MPI_Gather(own.data(), each, type, all.data(), each, type, 0, ranks.communicator());
  return all;
}

}  // namespace

std::vector<Marginal> marginals(const Generator& q, const States& own, const std::vector<double>& p,
                                double total_variation) {
  std::vector<Marginal> all;
  for (std::size_t v = 0; v < own.packing.variables().size(); ++v)
    all.push_back(marginal(q, own, v, p, total_variation));
  return all;
}

std::vector<End> ends(const Generator& q, const BottomComponents& bottom, const std::vector<double>& p,
                      double total_variation) {
  std::vector<double> mass(bottom.count());
  for (std::size_t i = 0; i < p.size(); ++i)
    if (const std::uint32_t k = bottom.component[i]; k != BottomComponents::none) mass[k] += p[i];
  mass = q.ranks().sum(std::move(mass));
  std::vector<End> all;
  for (std::size_t k = 0; k < mass.size(); ++k)
    all.push_back({bottom.size[k], bottom.first[k], enclosed(q, mass[k], 0, 1, total_variation)});
  return all;
}

// Each rank sends its own likeliest; one that has fewer fills up with probabilities below 0.
LikelyStates most_likely(const Generator& q, const States& own, const std::vector<double>& p, std::size_t count,
                         double total_variation) {
  const std::size_t width = own.packing.words();
  std::vector<std::uint64_t> numbers(count), words(count * width);
  std::vector<double> probabilities(count, -1.0);
  std::size_t k = 0;
  for (const State i : most_likely(p, count)) {
    numbers[k] = q.first() + i;
    probabilities[k] = p[i];
    std::copy_n(own.words.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                words.begin() + static_cast<std::ptrdiff_t>(k++ * width));
  }
  numbers = gathered(q.ranks(), numbers, MPI_UINT64_T);
  words = gathered(q.ranks(), words, MPI_UINT64_T);
  probabilities = gathered(q.ranks(), probabilities, MPI_DOUBLE);
  LikelyStates likely{{}, {}, {own.packing, {}}};
  for (const State i : most_likely(probabilities, count)) {  // ranks, and so numbers, ascend
    if (probabilities[i] < 0) break;
    likely.numbers.push_back(numbers[i]);
    likely.probabilities.push_back(enclosed(q, probabilities[i], 0, 1, total_variation));
    likely.states.words.insert(likely.states.words.end(), words.begin() + static_cast<std::ptrdiff_t>(i * width),
                               words.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
  }
  return likely;
}

}  // namespace steady::detail
