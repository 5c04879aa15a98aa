#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include <steady/chain.hpp>
#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/chain/kind_names.hpp"

namespace steady {

using namespace detail;

const char* name(Kind kind) { return name_of(kind).data(); }

namespace {

// Calls exchange(j, k), j < k, for the comparators of Batcher's network that sorts n values (Knuth, The Art of Computer
// Programming 3, 5.2.2, algorithm M).
template <class Exchange>
constexpr void for_each_comparator(std::size_t n, Exchange exchange) {
  const std::size_t top = std::bit_ceil(n) / 2;
  for (std::size_t p = top; p > 0; p /= 2)
    for (std::size_t q = top, r = 0, d = p;; d = q - p, q /= 2, r = p) {
      for (std::size_t j = 0; j + d < n; ++j)
        if ((j & p) == r) exchange(j, j + d);
      if (q == p) break;
    }
}

// Sorts up to n values: no branch that could be mispredicted, and most comparators wait for no other.
template <std::size_t n>
void sort_by_network(std::vector<double>& values) {
  constexpr std::size_t count = [] {
    std::size_t c = 0;
    for_each_comparator(n, [&](std::size_t, std::size_t) { ++c; });
    return c;
  }();
  static constexpr std::array<std::array<std::uint8_t, 2>, count> comparators = [] {
    std::array<std::array<std::uint8_t, 2>, count> all{};
    std::size_t c = 0;
    for_each_comparator(n, [&](std::size_t j, std::size_t k) {
      all[c++] = {static_cast<std::uint8_t>(j), static_cast<std::uint8_t>(k)};
    });
    return all;
  }();
  std::array<double, n> sorted;
  for (std::size_t k = 0; k < n; ++k) sorted[k] = k < values.size() ? values[k] : INFINITY;
  const auto exchange = [&](const std::array<std::uint8_t, 2>& c) {
    const double a = sorted[c[0]], b = sorted[c[1]];
    sorted[c[0]] = b < a ? b : a;
    sorted[c[1]] = b < a ? a : b;
  };
  [&]<std::size_t... k>(std::index_sequence<k...>) { (exchange(comparators[k]), ...); }
  (std::make_index_sequence<count>());
  for (std::size_t k = 0; k < n; ++k)  // values.size() of them by a call of memmove would take longer
    if (k < values.size()) values[k] = sorted[k];
}

}  // namespace

double sum_ascending(std::vector<double>& values) {
  if (values.size() <= 4)
    sort_by_network<4>(values);
  else if (values.size() <= 8)
    sort_by_network<8>(values);
  else if (values.size() <= 12)
    sort_by_network<12>(values);
  else if (values.size() <= 16)
    sort_by_network<16>(values);
  else
    std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

namespace {

void require(bool condition, const auto& message) {
  if (!condition) throw Error(message());
}

// Whether nothing is wrong with the rates into a state.
bool is_sound_row(const Csr& in, std::size_t i) {
  const std::uint64_t first = in.row_start[i], last = in.row_start[i + 1];
  bool sound = true;
  for (std::uint64_t k = first; k < last; ++k)
    sound &= in.column[k] != i && in.value[k] > 0 && in.value[k] <= std::numeric_limits<double>::max();
  for (std::uint64_t k = first + 1; k < last; ++k) sound &= in.column[k - 1] < in.column[k];
  return sound && (first == last || in.column[last - 1] < in.rows());
}

// What is wrong with them.
std::string problem_of_row(const Chain& chain, std::size_t i) {
  const Csr& in = chain.inflow;
  for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) {
    const State j = in.column[k];
    if (j >= in.rows() || j == i || (k > in.row_start[i] && in.column[k - 1] >= j))
      return fmt::format("state {}: source {} is out of range, out of order or the state itself", i, j);
    if (!std::isfinite(in.value[k]) || !(in.value[k] > 0))
      return fmt::format("transition {} -> {}: {} is not a positive finite {}", j, i, in.value[k],
                         chain.kind == Kind::ctmc ? "rate" : "probability");
  }
  return "";
}

// Of the rates from the states first .. last. The columns of each row ascend.
std::vector<double> sums_of_rates(const Csr& in, std::size_t first, std::size_t last) {
  std::vector<double> sum(last - first, 0.0);
  for (std::size_t i = 0; i < in.rows(); ++i) {
    const std::uint64_t begin = in.row_start[i], end = in.row_start[i + 1];
    if (begin == end || in.column[begin] >= last || in.column[end - 1] < first) continue;
    for (std::uint64_t k = begin; k < end; ++k)
      if (in.column[k] >= first && in.column[k] < last) sum[in.column[k] - first] += in.value[k];
  }
  return sum;
}

void require_exit_rate(const Chain& chain, std::size_t i, double sum) {
  require(std::isfinite(sum), [&] { return fmt::format("state {}: its rates sum to {}", i, sum); });
  require(std::abs(chain.exit_rate[i] - sum) <= 1e-9 * sum, [&] {
    return fmt::format("state {}: exit rate {} is not the sum of its rates, {}", i, chain.exit_rate[i], sum);
  });
  require(chain.kind == Kind::ctmc || sum <= 1 + 1e-9,
          [&] { return fmt::format("state {}: probabilities of leaving sum to {}", i, sum); });
}

void require_rates(const Csr& outgoing) {
  validate(outgoing);
  for (std::size_t i = 0; i < outgoing.rows(); ++i)
    for (std::uint64_t k = outgoing.row_start[i]; k < outgoing.row_start[i + 1]; ++k)
      require(outgoing.value[k] >= 0, [&] {
        return fmt::format("transition {} -> {}: {} is negative", i, outgoing.column[k], outgoing.value[k]);
      });
}

}  // namespace

Chain make_chain(Kind kind, const Csr& outgoing, Checked checked) {
  if (checked == Checked::no) require_rates(outgoing);
  const std::size_t n = outgoing.rows();
  Chain chain;
  chain.kind = kind;
  chain.exit_rate.assign(n, 0.0);
  chain.inflow = transpose(outgoing, Checked::yes);

  // Take the diagonal and the zeros out of the transposed matrix, in place.
  Csr& in = chain.inflow;
  std::uint64_t kept = 0;
  std::uint64_t row_begin = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t row_end = in.row_start[i + 1];
    for (std::uint64_t k = row_begin; k < row_end; ++k) {
      const State source = in.column[k];
      const double value = in.value[k];
      if (value == 0.0) continue;
      if (source == i) {
        chain.self_loops.push_back({source, value});
        continue;
      }
      in.column[kept] = source;
      in.value[kept] = value;
      ++kept;
    }
    row_begin = row_end;
    in.row_start[i + 1] = kept;
  }
  in.column.resize(kept);
  in.value.resize(kept);

  std::vector<double> row;
  for (std::size_t i = 0; i < n; ++i) {
    row.clear();
    for (std::uint64_t k = outgoing.row_start[i]; k < outgoing.row_start[i + 1]; ++k)
      if (outgoing.column[k] != i) row.push_back(outgoing.value[k]);
    chain.exit_rate[i] = sum_ascending(row);
    if (checked == Checked::no) require_exit_rate(chain, i, chain.exit_rate[i]);
  }
  if (n > 0) chain.initial = {{0, 1.0}};
  return chain;
}

Csr outgoing_rates(const Chain& chain, Checked checked) {
  if (checked == Checked::no) validate(chain);
  const Csr& in = chain.inflow;
  const std::size_t n = in.rows();
  Csr out;
  out.row_start.assign(n + 1, 0);
  for (const State source : in.column) ++out.row_start[source + std::size_t{1}];
  for (const SelfLoop& loop : chain.self_loops) ++out.row_start[loop.state + std::size_t{1}];
  for (std::size_t i = 0; i < n; ++i) out.row_start[i + 1] += out.row_start[i];
  out.column.resize(out.row_start.back());
  out.value.resize(out.row_start.back());

  // Targets in ascending order, so that each row's columns ascend.
  std::vector<std::uint64_t> next(out.row_start.begin(), out.row_start.end() - 1);
  const auto put = [&](State source, State target, double value) {
    const std::uint64_t place = next[source]++;
    out.column[place] = target;
    out.value[place] = value;
  };
  auto loop = chain.self_loops.begin();
  for (State i = 0; i < n; ++i) {
    if (loop != chain.self_loops.end() && loop->state == i) {
      put(i, i, loop->value);
      ++loop;
    }
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k)
      put(in.column[k], i, in.value[k]);
  }
  return out;
}

namespace {

// The first state of which something is wrong is named, whatever the number of threads.
void validate_inflow(const Chain& chain) {
  const Csr& in = chain.inflow;
  const std::size_t n = in.rows();
  require(n > 0, [] { return std::string("the chain has no states"); });
  validate_row_starts(in);

  std::size_t wrong = n;
#pragma omp parallel for schedule(static) reduction(min : wrong)
  for (std::size_t i = 0; i < n; ++i)
    if (i < wrong && !is_sound_row(in, i)) wrong = i;
  require(wrong == n, [&] { return problem_of_row(chain, wrong); });

  // Each thread adds up for some states, whose sums no other has, and for others after them, as sums are memory that is
  // needed beside all the chain's.
  constexpr std::size_t few = 1 << 16;
  const std::size_t parts = n < few ? 1 : 2 * static_cast<std::size_t>(omp_get_max_threads());
  in_parallel(parts, [&](std::size_t part) {
    const std::size_t first = n * part / parts, last = n * (part + 1) / parts;
    const std::vector<double> sum = sums_of_rates(in, first, last);
    for (std::size_t i = first; i < last; ++i) require_exit_rate(chain, i, sum[i - first]);
  });
}

}  // namespace

void require_whole(const Chain& chain) {
  if (chain.truncated)
    throw Error("the chain is truncated: proofs are of whole chains, and answer() of its TruncatedModel has its own");
}

void validate(const Chain& chain) {
  const std::size_t n = chain.size();
  require(chain.exit_rate.size() == n,
          [&] { return fmt::format("{} exit rates for {} states", chain.exit_rate.size(), n); });
  validate_inflow(chain);

  require(chain.rate_error.empty() || chain.rate_error.size() == n,
          [&] { return fmt::format("{} rate errors for {} states", chain.rate_error.size(), n); });
  for (std::size_t i = 0; i < chain.rate_error.size(); ++i)
    require(chain.rate_error[i] >= 0, [&] { return fmt::format("state {}: rate error {}", i, chain.rate_error[i]); });

  const std::size_t words = chain.states.packing.words();
  require(chain.states.words.size() == n * words,
          [&] { return fmt::format("{} words for {} states of {}", chain.states.words.size(), n, words); });
  require(chain.states.names.empty() || chain.states.names.size() == n,
          [&] { return fmt::format("{} names for {} states", chain.states.names.size(), n); });

  double total = 0;
  for (std::size_t k = 0; k < chain.initial.size(); ++k) {
    const auto& [state, probability] = chain.initial[k];
    require(state < n && std::isfinite(probability) && probability >= 0,
            [&] { return fmt::format("initial distribution: state {} has probability {}", state, probability); });
    require(k == 0 || chain.initial[k - 1].state < state, [&] {
      return fmt::format("initial distribution: state {} comes after state {}", state, chain.initial[k - 1].state);
    });
    total += probability;
  }
  require(std::abs(total - 1) <= 1e-9, [&] { return fmt::format("the initial distribution sums to {}", total); });

  for (std::size_t k = 0; k < chain.self_loops.size(); ++k) {
    const auto& [state, value] = chain.self_loops[k];
    require(state < n && std::isfinite(value) && value > 0 && (k == 0 || chain.self_loops[k - 1].state < state),
            [&] { return fmt::format("state {}: self-loop of {}, or out of order", state, value); });
  }
  for (const Label& label : chain.labels)
    require(label.holds.size() == n,
            [&] { return fmt::format("label \"{}\": {} values for {} states", label.name, label.holds.size(), n); });
  for (const Reward& reward : chain.rewards) {
    require(reward.rate.size() == n,
            [&] { return fmt::format("reward \"{}\": {} values for {} states", reward.name, reward.rate.size(), n); });
    for (std::size_t i = 0; i < n; ++i)
      require(std::isfinite(reward.rate[i]),
              [&] { return fmt::format("reward \"{}\": {} in state {}", reward.name, reward.rate[i], i); });
    require(reward.error.empty() || reward.error.size() == n,
            [&] { return fmt::format("reward \"{}\": {} errors for {} states", reward.name, reward.error.size(), n); });
    for (std::size_t i = 0; i < reward.error.size(); ++i)
      require(reward.error[i] >= 0,
              [&] { return fmt::format("reward \"{}\": error {} in state {}", reward.name, reward.error[i], i); });
  }
}

void require_one_entry_a_state(const std::vector<double>& values, const Chain& chain, std::string_view what) {
  require(values.size() == chain.size(),
          [&] { return fmt::format("the {} has {} entries for {} states", what, values.size(), chain.size()); });
  for (std::size_t i = 0; i < values.size(); ++i)
    require(std::isfinite(values[i]),
            [&] { return fmt::format("the {} for state {}, {}, is not a finite number", what, i, values[i]); });
}

}  // namespace steady
