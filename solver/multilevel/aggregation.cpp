#include "solver/multilevel/aggregation.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <steady/error.hpp>

namespace steady::detail {
namespace {

constexpr State none = static_cast<State>(-1);
constexpr State most = 3;  // states in an aggregate of one matching

// Flows out of each state, inverted.
std::vector<double> inverse_outflows(const Rates& chain, std::span<const double> x) {
  std::vector<double> inverse(x.size());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < x.size(); ++i) inverse[i] = 1 / (x[i] * chain.exit[i]);
  return inverse;
}

// Greedy matching: each state with the free one of those that flow into it whose flow is the largest share of what
// either passes on. A state that finds none free joins the aggregate of the strongest; where that is full, as around a
// hub, the states turned away there form aggregates among themselves.
Aggregates match(const Rates& chain, std::span<const double> x) {
  const std::vector<double> inverse = inverse_outflows(chain, x);
  const std::size_t n = x.size();
  Aggregates result{std::vector<State>(n, none), 0};
  std::vector<State> strongest(n, none), alone;
  std::vector<unsigned char> size;
  for (State i = 0; i < n; ++i) {
    if (result.of[i] != none) continue;
    double best = 0, best_free = 0;
    State mate = none;
    for (std::uint64_t k = chain.start[i]; k < chain.start[i + std::size_t{1}]; ++k) {
      const State j = chain.source[k];
      const double strength = x[j] * chain.rate[k] * std::max(inverse[i], inverse[j]);
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

// The places in the rows at which each state is the source.
Lists<HostVector> places_of_sources(const Lists<HostVector>& rows) {
  Lists<HostVector> places;
  places.start.assign(rows.start.size(), 0);
  places.entry.resize(rows.entry.size());
  for (const State source : rows.entry) ++places.start[source + std::size_t{1}];
  for (std::size_t i = 0; i < rows.size(); ++i) places.start[i + 1] += places.start[i];
  std::vector<std::uint64_t> next(places.start.begin(), places.start.end() - 1);
  for (std::size_t p = 0; p < rows.entry.size(); ++p) places.entry[next[rows.entry[p]]++] = static_cast<State>(p);
  return places;
}

// Lengths, from 1 on, become starts.
void add_up_starts(std::vector<std::uint64_t>& start) {
  for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
}

// Calls f(b, first, last, found) for blocks of aggregates, in parallel; found: `none` for each aggregate, before and
// after.
constexpr std::size_t block = 1024;
template <class BlockFunction>
void for_aggregate_blocks(std::size_t count, BlockFunction f) {
  const std::size_t blocks = (count + block - 1) / block;
#pragma omp parallel if (blocks > 1)
  {
    std::vector<State> found(count, none);
#pragma omp for schedule(dynamic)
    for (std::size_t b = 0; b < blocks; ++b) f(b, b * block, std::min((b + 1) * block, count), found);
  }
}

// Calls f(source, k) for each rate k into a state of aggregate a from one of another aggregate, `source`.
template <class RateFunction>
void for_rates_into(State a, const Rates& chain, const Aggregates& aggregates, const Lists<HostVector>& members,
                    RateFunction f) {
  for (std::uint64_t m = members.start[a]; m < members.start[a + std::size_t{1}]; ++m) {
    const std::size_t i = members.entry[m];
    for (std::uint64_t k = chain.start[i]; k < chain.start[i + 1]; ++k) {
      const State source = aggregates.of[chain.source[k]];
      if (source != a) f(source, k);
    }
  }
}

// The rows of the chain between aggregates, and of each rate the sum of term(k) over the rates k that it is made of.
template <class Total>
struct Rows {
  std::vector<std::uint64_t> start;
  std::vector<State> source;
  std::vector<Total> total;
};

template <class Total, class Term>
Rows<Total> rows_between(const Rates& chain, const Aggregates& aggregates, const Lists<HostVector>& members,
                         Term term) {
  std::vector<std::vector<State>> sources((aggregates.count + block - 1) / block);
  std::vector<std::vector<Total>> totals(sources.size());
  Rows<Total> rows;
  rows.start.assign(aggregates.count + std::size_t{1}, 0);
  for_aggregate_blocks(
      aggregates.count, [&](std::size_t b, std::size_t first, std::size_t last, std::vector<State>& found) {
        std::vector<State> source_of;  // moved at the end: threads that grow neighbours in an array disturb each other
        std::vector<Total> total;
        const std::uint64_t states = members.start[last] - members.start[first];
        source_of.reserve(4 * states), total.reserve(4 * states);
        for (std::size_t a = first; a < last; ++a) {
          const std::size_t begin = source_of.size();
          for_rates_into(static_cast<State>(a), chain, aggregates, members, [&](State source, std::uint64_t k) {
            State& place = found[source];
            if (place == none) {
              place = static_cast<State>(source_of.size());
              source_of.push_back(source);
              total.push_back(term(k));
            } else {
              total[place] += term(k);
            }
          });
          for (std::size_t k = begin; k < source_of.size(); ++k) found[source_of[k]] = none;
          rows.start[a + 1] = source_of.size() - begin;
        }
        sources[b] = std::move(source_of), totals[b] = std::move(total);
      });
  add_up_starts(rows.start);
  rows.source.reserve(rows.start.back());
  rows.total.reserve(rows.start.back());
  for (const auto& part : sources) rows.source.insert(rows.source.end(), part.begin(), part.end());
  for (const auto& part : totals) rows.total.insert(rows.total.end(), part.begin(), part.end());
  return rows;
}

// Calls f(k, p): rate k of the chain is to stand at place p among the parts.
template <class PlaceFunction>
void place_parts(const Rates& chain, const Aggregates& aggregates, const AggregatedChain<HostVector>& result,
                 PlaceFunction f) {
  for_aggregate_blocks(aggregates.count,
                       [&](std::size_t, std::size_t first, std::size_t last, std::vector<State>& found) {
                         std::vector<std::uint64_t> next;
                         for (std::size_t a = first; a < last; ++a) {
                           const std::uint64_t begin = result.inflow.start[a], end = result.inflow.start[a + 1];
                           next.assign(result.parts.start.data() + begin, result.parts.start.data() + end);
                           for (std::uint64_t k = begin; k < end; ++k)
                             found[result.inflow.entry[k]] = static_cast<State>(k - begin);
                           for_rates_into(static_cast<State>(a), chain, aggregates, result.members,
                                          [&](State source, std::uint64_t k) { f(k, next[found[source]]++); });
                           for (std::uint64_t k = begin; k < end; ++k) found[result.inflow.entry[k]] = none;
                         }
                       });
}

}  // namespace

Lists<HostVector> members_of(const Aggregates& aggregates) {
  const std::vector<State>& of = aggregates.of;
  Lists<HostVector> members;
  members.start.assign(aggregates.count + std::size_t{1}, 0);
  members.entry.resize(of.size());
  for (const State a : of) ++members.start[a + std::size_t{1}];
  for (std::size_t a = 0; a < aggregates.count; ++a) members.start[a + 1] += members.start[a];
  std::vector<std::uint64_t> next(members.start.begin(), members.start.end() - 1);
  for (std::size_t i = 0; i < of.size(); ++i) members.entry[next[of[i]]++] = static_cast<State>(i);
  return members;
}

AggregatedFlows::AggregatedFlows(const Rates& chain, const Aggregates& aggregates, const HostVector& x) {
  const auto flow = [&](std::uint64_t k) { return x[chain.source[k]] * chain.rate[k]; };
  Rows<double> rows = rows_between<double>(chain, aggregates, members_of(aggregates), flow);
  rate = HostVector(rows.total);
  raise_to(smallest_flow, rate);
  exit = HostVector(aggregates.count, 0.0);
  for (std::size_t k = 0; k < rate.size(); ++k) exit[rows.source[k]] += rate[k];
  inflow = {std::move(rows.start), std::move(rows.source)};
}

Aggregates aggregate(const Rates& chain, std::span<const double> x) {
  Aggregates result = match(chain, x);
  const auto flow = [&](std::uint64_t k) { return x[chain.source[k]] * chain.rate[k]; };
  const Rows<double> pairs = rows_between<double>(chain, result, members_of(result), flow);
  std::vector<double> exit(result.count, 0.0);
  for (std::size_t k = 0; k < pairs.total.size(); ++k) exit[pairs.source[k]] += pairs.total[k];
  const Aggregates of_pairs =
      match({pairs.start, pairs.source, pairs.total, exit}, std::vector<double>(result.count, 1.0));
  for (State& a : result.of) a = of_pairs.of[a];
  result.count = of_pairs.count;
  return result;
}

AggregatedChain<HostVector> aggregated(const Rates& chain, Aggregates&& aggregates,
                                       const std::vector<State>* position) {
  AggregatedChain<HostVector> result;
  result.members = members_of(aggregates);
  auto rows = rows_between<State>(chain, aggregates, result.members, [](std::uint64_t) { return 1; });
  const std::size_t rates = rows.source.size();
  if (std::max(rates, position ? 0 : chain.rate.size()) >= none)
    throw Error("multilevel: an aggregated chain has more than 2^32 transitions", Error::Cause::machine);
  result.inflow = {std::move(rows.start), std::move(rows.source)};
  result.outflow = places_of_sources(result.inflow);
  result.parts.start.resize(rates + 1);
  std::copy(rows.total.begin(), rows.total.end(), result.parts.start.begin() + 1);
  add_up_starts(result.parts.start);
  result.parts.entry.resize(result.parts.start.back());
  if (position) result.part_rate.resize(result.parts.start.back());
  place_parts(chain, aggregates, result, [&](std::uint64_t k, std::uint64_t p) {
    const State j = chain.source[k];
    result.parts.entry[p] = !position ? static_cast<State>(k) : position->empty() ? j : (*position)[j];
    if (position) result.part_rate[p] = chain.rate[k];
  });
  if (position && !position->empty()) {
    result.of.resize(aggregates.of.size());
    for (std::size_t i = 0; i < aggregates.of.size(); ++i) result.of[(*position)[i]] = aggregates.of[i];
    for (State& i : result.members.entry) i = (*position)[i];
  } else {
    result.of = std::move(aggregates.of);
  }
  result.rate.resize(rates);
  result.exit.resize(aggregates.count);
  result.weight.resize(aggregates.count);
  return result;
}

}  // namespace steady::detail
