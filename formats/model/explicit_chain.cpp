#include "formats/model/explicit_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"

namespace steady::detail {

namespace {


double sum_of(const Csr& rows, std::size_t i) {
  double sum = 0;
  for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k) sum += rows.value[k];
  return sum;
}

bool empty(const Csr& rows, std::size_t i) { return rows.row_start[i] == rows.row_start[i + 1]; }

}  // namespace

std::size_t require_states(const Scanner& scanner, std::uint64_t states) {
  constexpr std::uint64_t most = std::numeric_limits<State>::max() - 1u;
  if (states == 0) scanner.fail("0 states: a chain has at least one");
  if (states > most) scanner.fail(fmt::format("{} states: at most {} can be numbered", states, most));
  return states;
}

void require_memory_for(const std::string& path, std::uint64_t states, std::uint64_t entries, std::uint64_t limit) {
  // The entries as triplets and in rows, then in rows and in columns; row starts, exit rates and what sorting needs.
  require_memory(path, fmt::format("a chain of {} states and {} transitions", states, entries),
                 28.0 * static_cast<double>(entries) + 56.0 * static_cast<double>(states), limit);
}

std::string RowNames::operator()(std::size_t row) const {
  return names.empty() ? fmt::format("{} {}", what, row + first) : fmt::format("{} {}", what, in_quotes(names[row]));
}

void require_probabilities(const std::string& path, const Csr& rows, const RowNames& called, double tolerance,
                           bool or_rates) {
  for (std::size_t i = 0; i < rows.rows(); ++i)
    if (const double sum = sum_of(rows, i); !empty(rows, i) && !(std::abs(sum - 1) <= tolerance))
      throw Error(
          fmt::format("{}: {} sums to {}: probabilities sum to 1{}", path, called(i), sum, ways_out(sum, or_rates)));
}

std::string ways_out(double sum, bool or_rates) {
  if (!(std::abs(sum - 1) <= near_one)) return "";
  return fmt::format("; --rescale makes them do so{}", or_rates ? ", --kind ctmc takes the numbers as rates" : "");
}

bool rows_sum_to_one(const Csr& rows, double tolerance) {
  for (std::size_t i = 0; i < rows.rows(); ++i)
    if (!empty(rows, i) && !(std::abs(sum_of(rows, i) - 1) <= tolerance)) return false;
  return rows.entries() > 0;
}

void rescale_rows(Csr& rows, const RowNames& called, std::vector<std::string>& notes, RateErrors& errors) {
  std::size_t rescaled = 0;
  std::size_t worst = 0;
  double worst_sum = 1;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const double sum = sum_of(rows, i);
    if (empty(rows, i) || std::abs(sum - 1) <= sum_rounding) continue;
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k) rows.value[k] /= sum;
    errors.divided(static_cast<State>(i), sum,
                   {rows.value.data() + rows.row_start[i], rows.row_start[i + 1] - rows.row_start[i]});
    ++rescaled;
    if (std::abs(sum - 1) > std::abs(worst_sum - 1)) {
      worst = i;
      worst_sum = sum;
    }
  }
  if (rescaled > 0)
    notes.push_back(fmt::format("{} row{} of probabilities rescaled to sum to 1; {} was furthest, with {}", rescaled,
                                rescaled == 1 ? "" : "s", called(worst), worst_sum));
}

std::vector<bool> mend_deadlocks(Chain& chain, std::vector<std::string>& notes) {
  const std::size_t n = chain.size();
  std::vector<bool> deadlock(n);
  std::vector<SelfLoop> loops;
  std::size_t mended = 0;
  std::size_t first = 0;
  auto next = chain.self_loops.begin();
  for (std::size_t i = 0; i < n; ++i) {
    if (next != chain.self_loops.end() && next->state == i) {
      loops.push_back(*next++);
    } else if (chain.exit_rate[i] == 0) {
      if (mended++ == 0) first = i;
      loops.push_back({static_cast<State>(i), 1.0});
      deadlock[i] = true;
    }
  }
  if (mended > 0)
    notes.push_back(mended == 1 ? fmt::format("state {} has no transition: it gets a self-loop of rate 1", first)
                                : fmt::format("{} states have no transition, the first is {}: they get a self-loop of "
                                              "rate 1",
                                              mended, first));
  chain.self_loops = std::move(loops);
  return deadlock;
}

Label& find_or_add_label(Chain& chain, std::string_view name) {
  const auto found =
      std::find_if(chain.labels.begin(), chain.labels.end(), [&](const Label& l) { return l.name == name; });
  if (found != chain.labels.end()) return *found;
  return chain.labels.emplace_back(Label{std::string(name), std::vector<bool>(chain.size())});
}

std::vector<bool> equal_starts(const Chain& chain, const std::string& path) {
  std::vector<bool> init(chain.size());
  double weight = 0;
  for (const StateProbability& start : chain.initial) {
    if (start.probability == 0) continue;
    if (weight == 0) weight = start.probability;
    if (start.probability != weight)
      throw Error(fmt::format("{}: this format holds no initial states of different probabilities", path));
    init[start.state] = true;
  }
  return init;
}

void start_in(Chain& chain, const std::vector<bool>& init, const std::string& path) {
  chain.initial.clear();
  for (std::size_t i = 0; i < init.size(); ++i)
    if (init[i]) chain.initial.push_back({static_cast<State>(i), 1.0});
  if (chain.initial.empty()) throw Error(fmt::format("{}: the label \"init\" holds in no state", path));
  const double weight = 1.0 / static_cast<double>(chain.initial.size());
  for (StateProbability& start : chain.initial) start.probability = weight;
}

}  // namespace steady::detail
