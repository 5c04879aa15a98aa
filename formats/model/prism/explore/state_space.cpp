#include "formats/model/prism/explore/state_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <parallel/algorithm>
#include <utility>

#include "formats/base/memory.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/mdd_transitions.hpp"
#include "formats/model/prism/explore/ordered_states.hpp"
#include "formats/model/prism/explore/state_numbers.hpp"

namespace steady::prism {

namespace {

// Makes the chain of the states that were reached. The inflow matrix is written once, in its final order: how many
// transitions lead to each state is known, and its bucket holds their sources in ascending order. Neighbouring states
// have neighbouring targets, so that rows are shared out to the buckets some neighbours at a time. By then nothing is
// left of the set in which the states were found: their order says their numbers.
class ChainMaker {
 public:
  ChainMaker(const CompiledModel& compiled, Workers& workers, const Progress& progress, const MemoryLimit& limit)
      : compiled_(compiled), width_(compiled.words()), workers_(workers), progress_(progress), limit_(limit) {}

  Chain make(OrderedStates&& states, const std::vector<std::uint64_t>& initial) {
    chain_.kind = compiled_.kind;
    chain_.states = {compiled_.packing, std::move(states.words)};
    chain_.inflow.row_start = std::move(states.row_start);
    diagram_ = states.diagram;
    return_freed_memory();
    reserve();
    const std::size_t n = chain_.size();
    if (diagram_)
      progress_(fmt::format("{} states, at most {} transitions", with_commas(n), with_commas(chain_.inflow.entries())));
    const auto threads = static_cast<std::size_t>(omp_get_max_threads());
    numbers_.assign(threads, StateNumbers(chain_.states.words, width_));
    walkers_.resize(threads);
    walks_ = diagram_ && MddTransitions::suit(compiled_, *diagram_);
    for (std::size_t first = 0; first < n; first += Workers::batch) {
      rows(first, std::min(first + Workers::batch, n));
      progress_(fmt::format("transitions of {} of {} states", with_commas(std::min(first + Workers::batch, n)),
                            with_commas(n)));
    }
    close_gaps();
    std::vector<std::uint64_t>& start = chain_.inflow.row_start;  // each has become the next row's
    std::copy_backward(start.begin(), start.end() - 1, start.end());
    start.front() = 0;
    set_initial(initial);
    if (diagram_ && dropped() && !all_reached()) throw MddFallback();
    if (compiled_.packing.words() == 0) chain_.states.words.clear();
    return std::move(chain_);
  }

 private:
  static constexpr std::size_t neighbours = 1024;

  const std::uint64_t* words(std::size_t state) const { return chain_.states.words.data() + state * width_; }

  void reserve() {
    const std::size_t n = chain_.inflow.rows();
    const std::uint64_t entries = chain_.inflow.row_start.back();
    const double of_state =
        8.0 * static_cast<double>(width_) + 24.0 + 8.0 * static_cast<double>(compiled_.rewards.size());
    const double bytes = 12.0 * static_cast<double>(entries) + static_cast<double>(n) * of_state;
    if (diagram_ && bytes > static_cast<double>(limit_.bytes)) throw MddFallback();  // there may be fewer
    require_memory(limit_.path,
                   fmt::format("a model of {} states and {} transitions", with_commas(n), with_commas(entries)), bytes,
                   limit_.bytes);
    chain_.inflow.column.resize(entries);
    chain_.inflow.value.resize(entries);
    chain_.exit_rate.resize(n);
    if (compiled_.rate_errors) chain_.rate_error.resize(n);
    for (const CompiledReward& r : compiled_.rewards) chain_.rewards.push_back({r.name, std::vector<double>(n)});
    for (const CompiledLabel& l : compiled_.labels) chain_.labels.push_back({l.name, std::vector<bool>(n)});
    chain_.labels.push_back({"init", std::vector<bool>(n)});
    chain_.labels.push_back({"deadlock", std::vector<bool>(n)});
  }

  // What leaves and what holds in the states first..last-1.
  void rows(std::size_t first, std::size_t last) {
    if (walks_)
      walk(first, last);
    else
      expand(first, last);
    for (const Chunk& chunk : workers_.all())
      for (const Bucket& bucket : chunk.buckets) written_ += bucket.incoming.size();
    if (written_ > chain_.inflow.entries()) throw MddFallback();
    Workers::for_each_shard([this](std::size_t number) { add_arrivals(number); });
    std::size_t s = first;
    const std::size_t label_count = compiled_.labels.size();
    for (const Chunk& chunk : workers_.all()) {
      chain_.self_loops.insert(chain_.self_loops.end(), chunk.self_loops.begin(), chunk.self_loops.end());
      for (const State d : chunk.deadlocks) chain_.labels.back().holds[d] = true;
      for (std::size_t k = 0; label_count > 0 && k < chunk.labels.size(); k += label_count, ++s)
        for (std::size_t l = 0; l < label_count; ++l)
          if (chunk.labels[k + l] != 0) chain_.labels[l].holds[s] = true;
    }
  }

  void expand(std::size_t first, std::size_t last) {
    try {
      workers_.expand(words(first), first, last, [this](Chunk& chunk, Transitions& from, std::size_t s) {
        thread_local std::vector<Step> steps;
        number(from, static_cast<State>(s), steps);
        if (compiled_.rate_errors) chain_.rate_error[s] = from.rate_error();
        add_row(chunk, static_cast<State>(s), steps, from.self_loop(), from.successors());
      });
    } catch (const Error&) {
      if (diagram_) throw MddFallback();  // the state may not be reachable, or others go wrong first
      throw;
    }
  }

  // The transitions with their targets' numbers.
  void number(const Transitions& from, State s, std::vector<Step>& steps) {
    steps.clear();
    with_width(width_, [&](auto width) {
      StateNumbers& numbers = numbers_[static_cast<std::size_t>(omp_get_thread_num())];
      for (const Transitions::Step& step : from.steps()) {
        steps.push_back({numbers.find(s, step.target, width), step.rate});
        if (steps.back().target == StateNumbers::none) throw MddFallback();
      }
    });
  }

  void walk(std::size_t first, std::size_t last) {
    workers_.share_out(first, last, [this](Chunk& chunk, std::size_t begin, std::size_t end) {
      std::unique_ptr<MddTransitions>& rows = walkers_[static_cast<std::size_t>(omp_get_thread_num())];
      if (!rows) rows = std::make_unique<MddTransitions>(compiled_, *diagram_);
      if (begin < end)
        rows->walk(static_cast<State>(begin), static_cast<State>(end), words(0),
                   [&](State s) { add_row(chunk, s, rows->steps(), rows->self_loop(), *rows); });
    });
    for (const Chunk& chunk : workers_.all()) {
      if (!chunk.error) continue;
      try {
        std::rethrow_exception(chunk.error);
      } catch (const Error&) {
        throw MddFallback();
      }
    }
  }

  template <class Earnings>
  void add_row(Chunk& chunk, State s, std::span<const Step> steps, double self_loop, Earnings& earnings) {
    thread_local std::vector<double> rates;
    rates.clear();
    for (const Step& step : steps) {
      rates.push_back(step.rate);
      chunk.buckets[step.target / neighbours % StateSet::shard_count].incoming.push_back({step.target, s, step.rate});
    }
    chain_.exit_rate[s] = sum_ascending(rates);
    if (diagram_ && !(chain_.exit_rate[s] + self_loop <= std::numeric_limits<double>::max())) throw MddFallback();
    const bool deadlock = steps.empty() && self_loop == 0;
    if (deadlock) chunk.deadlocks.push_back(s);
    if (deadlock || self_loop > 0) chunk.self_loops.push_back({s, deadlock ? 1.0 : self_loop});
    for (std::size_t r = 0; r < compiled_.rewards.size(); ++r) chain_.rewards[r].rate[s] = earnings.reward(r);
    for (std::size_t l = 0; l < compiled_.labels.size(); ++l) chunk.labels.push_back(earnings.label(l) ? 1 : 0);
  }

  // The workers' buckets of one number into the matrix.
  void add_arrivals(std::size_t number) {
    Csr& in = chain_.inflow;
    constexpr std::size_t ahead = 16;  // entries whose memory is waited for together
    std::array<std::uint64_t, ahead> at;
    for (const Chunk& chunk : workers_.all()) {
      const std::vector<IncomingTransition>& incoming = chunk.buckets[number].incoming;
      for (std::size_t begin = 0; begin < incoming.size(); begin += ahead) {
        const std::size_t n = std::min(ahead, incoming.size() - begin);
        for (std::size_t k = 0; k < n; ++k) {
          at[k] = in.row_start[incoming[begin + k].target]++;
          if (at[k] >= in.entries()) throw MddFallback();
          __builtin_prefetch(&in.column[at[k]], 1);
          __builtin_prefetch(&in.value[at[k]], 1);
        }
        for (std::size_t k = 0; k < n; ++k) {
          if (in.value[at[k]] != 0) throw MddFallback();  // another row's place
          in.column[at[k]] = incoming[begin + k].source;
          in.value[at[k]] = incoming[begin + k].rate;
        }
      }
    }
  }

  // A row has room left where several relations lead from a state to the same: its end is known, and the room is 0.
  void close_gaps() {
    Csr& in = chain_.inflow;
    if (written_ == in.entries()) return;
    std::size_t to = 0, from = 0;
    for (std::size_t s = 0; s + 1 < in.row_start.size(); ++s) {
      while (from < in.row_start[s] && in.value[from] == 0) ++from;
      for (; from < in.row_start[s]; ++from, ++to) {
        in.column[to] = in.column[from];
        in.value[to] = in.value[from];
      }
      in.row_start[s] = to;
    }
    if (to != written_) throw MddFallback();
    in.column.resize(to);
    in.value.resize(to);
  }

  void set_initial(const std::vector<std::uint64_t>& initial) {
    const std::size_t count = initial.size() / width_;
    for (std::size_t k = 0; k < count; ++k) {
      const State s = numbers_.front().find(&initial[k * width_], width_);
      chain_.initial.push_back({s, 1.0 / static_cast<double>(count)});
      chain_.labels[chain_.labels.size() - 2].holds[s] = true;
    }
    std::sort(chain_.initial.begin(), chain_.initial.end(),
              [](const StateProbability& a, const StateProbability& b) { return a.state < b.state; });
  }

  // Whether some transition was left out because its rate is 0.
  bool dropped() const {
    return workers_.dropped() ||
           std::any_of(walkers_.begin(), walkers_.end(), [](const auto& rows) { return rows && rows->dropped(); });
  }

  // Whether there is a way to each state from an initial one: looked for in both directions of their order by turns,
  // and given up where that takes long.
  bool all_reached() const {
    constexpr std::uint64_t long_search = 16;  // times what there is to look at
    const Csr& in = chain_.inflow;
    const std::size_t n = in.rows();
    std::vector<char> reached(n);
    std::size_t count = 0;
    std::uint64_t looks = 0;
    const auto reach = [&](std::size_t s) {
      count += reached[s] == 0;
      reached[s] = 1;
    };
    for (const StateProbability& start : chain_.initial) reach(start.state);
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

  const CompiledModel& compiled_;
  std::size_t width_;
  Workers& workers_;
  const Progress& progress_;
  const MemoryLimit& limit_;
  Chain chain_;
  std::vector<StateNumbers> numbers_;                     // one a thread
  std::shared_ptr<Diagram> diagram_;                      // as in OrderedStates
  bool walks_ = false;                                    // rows are made from the diagram, too
  std::vector<std::unique_ptr<MddTransitions>> walkers_;  // one a thread
  std::uint64_t written_ = 0;                             // entries of the matrix
};

}  // namespace

namespace {

// Room for the value in the packing, 16 times what there was until it fits: the states are then found anew, which costs
// little beside the last time.
void widen(CompiledModel& compiled, const NoRoom& lack) {
  std::vector<Variable> variables = compiled.packing.variables();
  Variable& v = variables[lack.variable];
  while (lack.value < v.low) v.low -= 15 * (v.high - v.low + 1);
  while (lack.value > v.high) v.high += 15 * (v.high - v.low + 1);
  v.low = std::max(v.low, smallest_int);
  v.high = std::min(v.high, largest_int);
  compiled.packing = Packing(std::move(variables));
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

Chain explore_packed(const CompiledModel& compiled, const Progress& progress, const MemoryLimit& limit,
                     std::vector<std::string>& notes, StatesBy by) {
  Workers workers(compiled);
  const std::vector<std::uint64_t> initial = initial_states(compiled, progress);
  const auto make = [&](OrderedStates&& states) {
    return ChainMaker(compiled, workers, progress, limit).make(std::move(states), initial);
  };
  const auto from_diagram = [&]() -> std::optional<Chain> {
    try {
      std::optional<OrderedStates> states = mdd_states(compiled, initial, limit);
      if (states) return make(std::move(*states));
    } catch (const MddFallback&) {
    }
    return std::nullopt;
  };
  std::optional<Chain> found;
  if (by == StatesBy::diagram_or_search) found = from_diagram();
  Chain chain = found ? std::move(*found) : make(search_states(compiled, initial, workers, progress, limit));
  if (workers.rescaled()) notes.emplace_back("some probabilities did not sum to 1 exactly, and were rescaled");
  return chain;
}

}  // namespace

Chain explore(CompiledModel& compiled, const Progress& progress, const MemoryLimit& limit,
              std::vector<std::string>& notes, StatesBy by) {
  // What is said of an int without a range is said once, however often the states are found anew.
  compiled.note = [said = std::make_shared<bool>(false), note = compiled.note](std::string_view line) {
    if (!std::exchange(*said, true)) note(line);
  };
  std::optional<Chain> explored;
  while (!explored) try {
      explored = explore_packed(compiled, progress, limit, notes, by);
    } catch (const NoRoom& lack) {
      widen(compiled, lack);
    }
  Chain& chain = *explored;
  if (!compiled.unbounded.empty()) tighten(compiled.unbounded, chain.states);
  const std::vector<bool>& deadlock = chain.labels.back().holds;
  const auto deadlocks = static_cast<std::size_t>(std::count(deadlock.begin(), deadlock.end(), true));
  if (deadlocks > 0) {
    const auto first = static_cast<std::size_t>(std::find(deadlock.begin(), deadlock.end(), true) - deadlock.begin());
    notes.push_back(fmt::format("{} deadlock state{} (the first is {}): a self-loop was added to {}",
                                with_commas(deadlocks), deadlocks == 1 ? "" : "s", chain.states.describe(first),
                                deadlocks == 1 ? "it" : "each"));
  }
  return std::move(chain);
}

}  // namespace steady::prism
