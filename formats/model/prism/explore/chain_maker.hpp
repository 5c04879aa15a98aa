// Makes the chain of the states that were reached, from the rows of a source. By then nothing is left of the set in
// which the states were found: their order says their numbers.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <steady/chain.hpp>
#include <steady/model.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/relative_error.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/inflow_builder.hpp"
#include "formats/model/prism/explore/initial_distribution.hpp"
#include "formats/model/prism/explore/ordered_states.hpp"
#include "formats/model/prism/explore/row_source.hpp"
#include "formats/model/prism/explore/state_numbers.hpp"

namespace steady::detail::prism {

class ChainMaker {
 public:
  // Takes the memory that the chain needs: chain_bytes().
  ChainMaker(const CompiledModel& model, OrderedStates&& states) : model_(model), inflow_(std::move(states.row_start)) {
    const std::size_t n = size();
    chain_.kind = model.kind;
    chain_.states = {model.packing, std::move(states.words)};
    resize_large(chain_.exit_rate, n, Pages::small);
    if (model.rate_errors) chain_.rate_error.resize(n);
    for (const CompiledReward& r : model.rewards) {
      chain_.rewards.push_back({r.name, {}, r.throughput, reward_errors(r, n)});
      resize_large(chain_.rewards.back().rate, n, Pages::small);
    }
    for (const CompiledLabel& l : model.labels) chain_.labels.push_back({l.name, std::vector<bool>(n)});
    chain_.labels.push_back({"init", std::vector<bool>(n)});
    chain_.labels.push_back({"deadlock", std::vector<bool>(n)});
  }

  std::size_t size() const { return inflow_.states(); }  // states
  // The states' packed words, for a source of their rows: they stay where they are until make() returns.
  const std::vector<std::uint64_t>& words() const { return chain_.states.words; }

  // The chain with this initial distribution; nothing where the source lacks a row, or a row's transitions have no
  // room. Throws as the source does. Called once.
  template <RowSource Source>
  std::optional<Chain> make(Source& source, const InitialDistribution& initial, const Progress& progress) {
    const std::size_t n = size();
    for (std::size_t first = 0; first < n; first += Workers::batch) {
      const std::size_t last = std::min(first + Workers::batch, n);
      const bool found = source.for_each(first, last, [this](Chunk& chunk, const Row& row, Earnings auto& earnings) {
        add_row(chunk, row, earnings);
      });
      if (!found || !inflow_.add(source.chunks())) return std::nullopt;
      add_states(source.chunks(), first);
      progress(fmt::format("transitions of {} of {} states", with_commas(last), with_commas(n)));
    }
    std::optional<Csr> inflow = inflow_.finish();
    if (!inflow) return std::nullopt;
    chain_.inflow = std::move(*inflow);
    set_initial(initial);
    if (model_.packing.words() == 0) chain_.states.words.clear();
    return std::move(chain_);
  }

 private:
  // One 0 a state, or none where what is stored is the model.
  std::vector<double> reward_errors(const CompiledReward& reward, std::size_t n) const {
    const bool of_rates = std::any_of(reward.items.begin(), reward.items.end(),
                                      [](const CompiledRewardItem& item) { return item.transition; });
    const bool wanted = model_.rate_errors || (model_.rates_within > 0 && of_rates);
    return std::vector<double>(wanted ? n : 0);
  }

  // By several threads, each with chunks of its own.
  void add_row(Chunk& chunk, const Row& row, Earnings auto& earnings) {
    thread_local std::vector<double> rates;
    rates.clear();
    const State s = row.state;
    for (const Step& step : row.steps) {
      rates.push_back(step.rate);
      chunk.incoming.add(InflowBuilder::bucket_of(step.target), {step.target, s, step.rate});
    }
    chain_.exit_rate[s] = sum_ascending(rates);
    if (model_.rate_errors) chain_.rate_error[s] = row.rate_error;
    const bool deadlock = row.steps.empty() && row.self_loop == 0;
    if (deadlock) chunk.deadlocks.push_back(s);
    if (deadlock || row.self_loop > 0) chunk.self_loops.push_back({s, deadlock ? 1.0 : row.self_loop});
    for (std::size_t r = 0; r < model_.rewards.size(); ++r) {
      Reward& reward = chain_.rewards[r];
      reward.rate[s] = earnings.reward(r);
      if (!reward.error.empty())
        reward.error[s] = earnings.reward_error(r, compounded(row.rate_error, model_.rates_within));
    }
    for (std::size_t l = 0; l < model_.labels.size(); ++l) chunk.labels.push_back(earnings.label(l) ? 1 : 0);
  }

  // What the chunks say of the states from `first` on, whose entries share memory words.
  void add_states(const std::vector<Chunk>& chunks, std::size_t first) {
    std::size_t s = first;
    const std::size_t label_count = model_.labels.size();
    for (const Chunk& chunk : chunks) {
      chain_.self_loops.insert(chain_.self_loops.end(), chunk.self_loops.begin(), chunk.self_loops.end());
      for (const State d : chunk.deadlocks) chain_.labels.back().holds[d] = true;
      for (std::size_t k = 0; label_count > 0 && k < chunk.labels.size(); k += label_count, ++s)
        for (std::size_t l = 0; l < label_count; ++l)
          if (chunk.labels[k + l] != 0) chain_.labels[l].holds[s] = true;
    }
  }

  void set_initial(const InitialDistribution& initial) {
    const std::size_t width = model_.words();
    const StateNumbers numbers(chain_.states.words, width);
    for (std::size_t k = 0; k < initial.probabilities.size(); ++k) {
      const State s = numbers.find(&initial.states[k * width], width);
      chain_.initial.push_back({s, initial.probabilities[k]});
      chain_.labels[chain_.labels.size() - 2].holds[s] = true;
    }
    std::sort(chain_.initial.begin(), chain_.initial.end(),
              [](const StateProbability& a, const StateProbability& b) { return a.state < b.state; });
  }

  const CompiledModel& model_;
  InflowBuilder inflow_;
  Chain chain_;
};

// What the chain on these states takes at most, in bytes, with the states.
inline double chain_bytes(const CompiledModel& model, const OrderedStates& states) {
  const double of_state =
      8.0 * static_cast<double>(model.words()) + 24.0 + 8.0 * static_cast<double>(model.rewards.size());
  const auto n = static_cast<double>(states.row_start.size() - 1);
  return 12.0 * static_cast<double>(states.row_start.back()) + n * of_state;
}

}  // namespace steady::detail::prism
