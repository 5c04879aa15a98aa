#include "solver/methods/aggregation.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace steady {
namespace {

constexpr State none = static_cast<State>(-1);
constexpr State most = 3;  // states in an aggregate of one matching

// Flows out of each state, inverted.
std::vector<double> inverse_outflows(const std::vector<double>& exit_rate, const std::vector<double>& x) {
  std::vector<double> inverse(x.size());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < x.size(); ++i) inverse[i] = 1 / (x[i] * exit_rate[i]);
  return inverse;
}

// Greedy matching: each state with the free one of those that flow into it whose flow is the largest share of what
// either passes on. A state that finds none free joins the aggregate of the strongest; where that is full, as around a
// hub, the states turned away there form aggregates among themselves.
Aggregates match(const Csr& in, const std::vector<double>& exit_rate, const std::vector<double>& x) {
  const std::vector<double> inverse = inverse_outflows(exit_rate, x);
  const std::size_t n = in.rows();
  Aggregates result{std::vector<State>(n, none), 0};
  std::vector<State> strongest(n, none), alone;
  std::vector<unsigned char> size;
  for (State i = 0; i < n; ++i) {
    if (result.of[i] != none) continue;
    double best = 0, best_free = 0;
    State mate = none;
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k) {
      const State j = in.column[k];
      const double strength = x[j] * in.value[k] * std::max(inverse[i], inverse[j]);
      if (strength > best) best = strength, strongest[i] = j;
      if (result.of[j] == none && strength > best_free) best_free = strength, mate = j;
    }
    if (mate == none || best_free < 0.25 * best) {
      alone.push_back(i);
      continue;
    }
    result.of[i] = result.of[mate] = result.count++;
    size.push_back(2);
  }
  std::vector<State> turned_away(n, none);  // the aggregate that is being filled beside each full one
  for (const State i : alone) {
    if (result.of[i] != none) continue;  // taken meanwhile
    const State host = strongest[i] == none ? none : result.of[strongest[i]];
    if (host == none) {  // the strongest is alone, too
      result.of[i] = result.count++;
      if (strongest[i] != none) result.of[strongest[i]] = result.of[i];
      size.push_back(strongest[i] != none ? 2 : 1);
      continue;
    }
    State& beside = turned_away[host];
    if (size[host] < most) {
      result.of[i] = host;
    } else if (beside != none && size[beside] < most) {
      result.of[i] = beside;
    } else {
      result.of[i] = beside = result.count++;
      size.push_back(0);
    }
    ++size[result.of[i]];
  }
  return result;
}

}  // namespace

AggregatedChain::AggregatedChain(const Csr& inflow, Aggregates aggregates)
    : aggregates_(std::move(aggregates)),
      first_member_(aggregates_.count + std::size_t{1}),
      member_(inflow.rows()),
      first_place_(aggregates_.count + std::size_t{1}),
      place_(inflow.entries()) {
  const std::vector<State>& of = aggregates_.of;
  const std::size_t count = aggregates_.count;
  for (std::size_t i = 0; i < of.size(); ++i) {
    ++first_member_[of[i] + std::size_t{1}];
    first_place_[of[i] + std::size_t{1}] += inflow.row_start[i + 1] - inflow.row_start[i];
  }
  for (std::size_t a = 0; a < count; ++a) {
    first_member_[a + 1] += first_member_[a];
    first_place_[a + 1] += first_place_[a];
  }
  std::vector<State> next(first_member_.begin(), first_member_.end() - 1);
  for (std::size_t i = 0; i < of.size(); ++i) member_[next[of[i]]++] = static_cast<State>(i);

  // Each aggregate's row, by blocks of aggregates. `found`: where a source stands in the row that is being made.
  constexpr std::size_t block = 1024;
  const std::size_t blocks = (count + block - 1) / block;
  std::vector<std::vector<State>> columns(blocks);
  inflow_.row_start.assign(count + 1, 0);
#pragma omp parallel if (blocks > 1)
  {
    std::vector<State> found(count, none);
#pragma omp for schedule(dynamic)
    for (std::size_t b = 0; b < blocks; ++b) {
      for (std::size_t a = b * block; a < std::min((b + 1) * block, count); ++a) {
        const std::size_t begin = columns[b].size();
        std::uint64_t place = first_place_[a];
        for (State m = first_member_[a]; m < first_member_[a + 1]; ++m) {
          const std::size_t i = member_[m];
          for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + 1]; ++k) {
            const State source = of[inflow.column[k]];
            if (source != a && found[source] == none) {
              found[source] = static_cast<State>(columns[b].size() - begin);
              columns[b].push_back(source);
            }
            place_[place++] = source == a ? none : found[source];
          }
        }
        for (std::size_t k = begin; k < columns[b].size(); ++k) found[columns[b][k]] = none;
        inflow_.row_start[a + 1] = columns[b].size() - begin;
      }
    }
  }
  for (std::size_t a = 0; a < count; ++a) inflow_.row_start[a + 1] += inflow_.row_start[a];
  inflow_.column.reserve(inflow_.row_start.back());
  for (const std::vector<State>& part : columns) inflow_.column.insert(inflow_.column.end(), part.begin(), part.end());
  inflow_.value.resize(inflow_.column.size());
  exit_rate_.resize(count);
  weight_.resize(count);
}

void AggregatedChain::refresh(const Csr& inflow, const std::vector<double>& x) {
  const std::size_t count = aggregates_.count;
#pragma omp parallel for schedule(static)
  for (std::size_t a = 0; a < count; ++a) {
    double* const row = inflow_.value.data() + inflow_.row_start[a];
    std::fill(row, inflow_.value.data() + inflow_.row_start[a + 1], 0.0);
    const State* place = place_.data() + first_place_[a];
    double weight = 0;
    for (State m = first_member_[a]; m < first_member_[a + 1]; ++m) {
      const std::size_t i = member_[m];
      weight += x[i];
      for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + 1]; ++k, ++place)
        if (*place != none) row[*place] += x[inflow.column[k]] * inflow.value[k];
    }
    weight_[a] = weight;
  }
  std::fill(exit_rate_.begin(), exit_rate_.end(), 0.0);
  for (std::size_t k = 0; k < inflow_.entries(); ++k) exit_rate_[inflow_.column[k]] += inflow_.value[k];
}

Aggregates aggregate(const Csr& inflow, const std::vector<double>& exit_rate, const std::vector<double>& x) {
  AggregatedChain pairs(inflow, match(inflow, exit_rate, x));
  pairs.refresh(inflow, x);
  const Aggregates of_pairs = match(pairs.inflow(), pairs.exit_rate(), std::vector<double>(pairs.size(), 1.0));
  Aggregates result = pairs.aggregates();
  for (State& a : result.of) a = of_pairs.of[a];
  result.count = of_pairs.count;
  return result;
}

}  // namespace steady
