#include "formats/model/prism/explore/state_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "formats/base/memory.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/chain_maker.hpp"
#include "formats/model/prism/explore/explicit_rows.hpp"
#include "formats/model/prism/explore/initial_distribution.hpp"
#include "formats/model/prism/explore/mdd_rows.hpp"
#include "formats/model/prism/explore/ordered_states.hpp"

namespace steady::detail::prism {

namespace {

// What a model is explored with.
struct Exploration {
  const CompiledModel& model;
  const InitialDistribution& initial;
  const Progress& progress;
  const MemoryLimit& limit;
  std::vector<std::string>& notes;
};

void note_rescaling(const Workers& workers, std::vector<std::string>& notes) {
  if (workers.rescaled()) notes.emplace_back("some probabilities did not sum to 1 exactly, and were rescaled");
}

bool has_finite_exit_rates(const Chain& chain) {
  constexpr double largest = std::numeric_limits<double>::max();
  return std::all_of(chain.exit_rate.begin(), chain.exit_rate.end(), [](double rate) { return rate <= largest; }) &&
         std::all_of(chain.self_loops.begin(), chain.self_loops.end(),
                     [&](const SelfLoop& loop) { return chain.exit_rate[loop.state] + loop.value <= largest; });
}

// Whether there is a way to each state from an initial one: looked for in both directions of their order by turns,
// and given up where that takes long.
bool all_reached(const Chain& chain) {
  constexpr std::uint64_t long_search = 16;  // times what there is to look at
  const Csr& in = chain.inflow;
  const std::size_t n = in.rows();
  std::vector<char> reached(n);
  std::size_t count = 0;
  std::uint64_t looks = 0;
  const auto reach = [&](std::size_t s) {
    count += reached[s] == 0;
    reached[s] = 1;
  };
  for (const StateProbability& start : chain.initial) reach(start.state);
  const auto look = [&](std::size_t s) {
    ++looks;
    if (reached[s] != 0) return;
    for (std::uint64_t k = in.row_start[s]; k < in.row_start[s + 1]; ++k, ++looks)
      if (reached[in.column[k]] != 0) return reach(s);
  };
  for (bool upwards = true; count < n; upwards = !upwards) {
    const std::size_t before = count;
    for (std::size_t k = 0; k < n; ++k) look(upwards ? k : n - 1 - k);
    if (count == before || looks > long_search * (n + in.entries())) return count == n;
  }
  return true;
}

// Nothing where an MDD does not suit the model, or what was assumed of its states is not so.
std::optional<Chain> explore_by_mdd(const Exploration& e) {
  std::optional<MddStates> states = mdd_states(e.model, e.initial.states, e.limit);
  if (!states || chain_bytes(e.model, states->ordered) > static_cast<double>(e.limit.bytes)) return std::nullopt;
  return_freed_memory();
  const std::uint64_t room = states->ordered.row_start.back();
  ChainMaker maker(e.model, std::move(states->ordered));
  e.progress(fmt::format("{} states, at most {} transitions", with_commas(maker.size()), with_commas(room)));
  Workers workers(e.model);
  const auto chain_of = [&](auto source) {
    std::optional<Chain> chain = maker.make(source, e.initial, e.progress);
    if (chain && (!has_finite_exit_rates(*chain) || (source.dropped() && !all_reached(*chain)))) chain.reset();
    return chain;
  };
  std::optional<Chain> chain;
  try {
    chain = MddTransitions::suit(e.model, *states->mdd)
                ? chain_of(MddRows(e.model, workers, *states->mdd, maker.words()))
                : chain_of(ExplicitRows(e.model, workers, maker.words()));
  } catch (const Error&) {  // of a state that may not be reachable, or after another one that goes wrong
  }
  if (chain) note_rescaling(workers, e.notes);
  return chain;
}

Chain explore_by_search(const Exploration& e) {
  Workers workers(e.model);
  OrderedStates states = search_states(e.model, e.initial.states, workers, e.progress, e.limit);
  require_memory(e.limit.path,
                 fmt::format("a model of {} states and {} transitions", with_commas(states.row_start.size() - 1),
                             with_commas(states.row_start.back())),
                 chain_bytes(e.model, states), e.limit.bytes);
  return_freed_memory();
  ChainMaker maker(e.model, std::move(states));
  ExplicitRows rows(e.model, workers, maker.words());
  std::optional<Chain> chain = maker.make(rows, e.initial, e.progress);
  note_rescaling(workers, e.notes);
  return std::move(chain).value();  // the search has counted every transition
}

// Room for the value in the packing, 16 times what there was until it fits: the states are then found anew, which costs
// little beside the last time.
void widen(CompiledModel& model, const NoRoom& lack) {
  std::vector<Variable> variables = model.packing.variables();
  Variable& v = variables[lack.variable];
  while (lack.value < v.low) v.low -= 15 * (v.high - v.low + 1);
  while (lack.value > v.high) v.high += 15 * (v.high - v.low + 1);
  v.low = std::max(v.low, smallest_int);
  v.high = std::min(v.high, largest_int);
  model.packing = Packing(std::move(variables));
}

// Packs the states anew in the ranges that ints without one turned out to have. Their order stays.
void tighten(const std::vector<std::uint32_t>& unbounded, States& states) {
  std::vector<Variable> variables = states.packing.variables();
  const std::size_t n = states.words.size() / states.packing.words();
  for (const std::uint32_t v : unbounded) {
    variables[v].low = variables[v].high = states.value(0, v);
    for (std::size_t s = 1; s < n; ++s) {
      variables[v].low = std::min(variables[v].low, states.value(s, v));
      variables[v].high = std::max(variables[v].high, states.value(s, v));
    }
  }
  const Packing packing(std::move(variables));
  std::vector<std::uint64_t> words(n * packing.words());
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t v = 0; v < packing.variables().size(); ++v)
      packing.set(words.data() + s * packing.words(), v, states.value(s, v));
  states = {packing, std::move(words)};
}

// Widens the model's packing as often as some value has no room in it.
Chain explore_widening(CompiledModel& model, const Progress& progress, const MemoryLimit& limit,
                       std::vector<std::string>& notes, StatesBy by) {
  for (;;) try {
      const InitialDistribution initial = initial_distribution(model, initial_states(model, progress));
      const Exploration exploration{model, initial, progress, limit, notes};
      if (by == StatesBy::mdd_or_search && !model.immediate())
        if (std::optional<Chain> chain = explore_by_mdd(exploration)) return std::move(*chain);
      return explore_by_search(exploration);
    } catch (const NoRoom& lack) {
      widen(model, lack);
    }
}

void note_deadlocks(const Chain& chain, std::vector<std::string>& notes) {
  const std::vector<bool>& deadlock = chain.labels.back().holds;
  const auto deadlocks = static_cast<std::size_t>(std::count(deadlock.begin(), deadlock.end(), true));
  if (deadlocks == 0) return;
  const auto first = static_cast<std::size_t>(std::find(deadlock.begin(), deadlock.end(), true) - deadlock.begin());
  notes.push_back(fmt::format("{} deadlock state{} (the first is {}): a self-loop was added to {}",
                              with_commas(deadlocks), deadlocks == 1 ? "" : "s", chain.states.describe(first),
                              deadlocks == 1 ? "it" : "each"));
}

}  // namespace

Chain explore(CompiledModel& model, const Progress& progress, const MemoryLimit& limit, std::vector<std::string>& notes,
              StatesBy by) {
  // What is said of an int without a range is said once, however often the states are found anew.
  model.note = [said = std::make_shared<bool>(false), note = model.note](std::string_view line) {
    if (!std::exchange(*said, true)) note(line);
  };
  Chain chain = explore_widening(model, progress, limit, notes, by);
  if (!model.unbounded.empty()) tighten(model.unbounded, chain.states);
  note_deadlocks(chain, notes);
  return chain;
}

}  // namespace steady::detail::prism
