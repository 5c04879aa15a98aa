#include "formats/model/prism/state_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "formats/model/prism/state_set.hpp"
#include "formats/model/prism/successors.hpp"
#include "formats/with_commas.hpp"

namespace steady::prism {

namespace {

struct Step {
  State target;
  double value;
};

// What exploring yields, states numbered as they were found.
struct Exploration {
  std::vector<std::uint64_t> words;
  std::vector<std::uint64_t> row_start{0};
  std::vector<State> target;
  std::vector<double> value;
  std::vector<std::vector<double>> rewards;
  std::vector<std::vector<bool>> labels;
  std::vector<bool> deadlock;
  State initial_count = 0;  // the first states are the initial ones
  std::size_t deadlocks = 0;
  bool rescaled = false;

  std::size_t size() const { return row_start.size() - 1; }
};

// Adds up the steps to the same target, in the order given; ascending by target.
void merge(std::vector<Step>& steps) {
  const auto before = [](const Step& a, const Step& b) { return a.target < b.target; };
  if (steps.size() <= 32) {
    for (std::size_t k = 1; k < steps.size(); ++k) {
      const Step step = steps[k];
      std::size_t j = k;
      for (; j > 0 && before(step, steps[j - 1]); --j) steps[j] = steps[j - 1];
      steps[j] = step;
    }
  } else {
    std::stable_sort(steps.begin(), steps.end(), before);
  }
  std::size_t kept = 0;
  for (std::size_t k = 1; k < steps.size(); ++k) {
    if (steps[k].target == steps[kept].target)
      steps[kept].value += steps[k].value;
    else
      steps[++kept] = steps[k];
  }
  if (!steps.empty()) steps.resize(kept + 1);
}

// The targets' numbers, and their rates added up.
void number_targets(const Successors& successors, StateSet& states, std::vector<std::uint64_t>& hashes,
                    std::vector<Step>& steps) {
  hashes.clear();
  steps.clear();
  for (std::size_t k = 0; k < successors.count(); ++k) {
    hashes.push_back(states.hash(successors.target(k)));
    states.prefetch_slot(hashes.back());
  }
  for (const std::uint64_t hash : hashes) states.prefetch_state(hash);
  for (std::size_t k = 0; k < successors.count(); ++k)
    if (successors.rate(k) > 0)
      steps.push_back({states.insert(successors.target(k), hashes[k]).first, successors.rate(k)});
  merge(steps);
}

Exploration breadth_first(const Network& network, const Progress& progress) {
  Exploration found;
  found.rewards.resize(network.rewards.size());
  found.labels.resize(network.labels.size());
  const std::size_t width = network.packing.words();
  StateSet states(width);
  const std::vector<std::uint64_t> initial = initial_states(network);
  for (std::size_t k = 0; k < (width == 0 ? 1 : initial.size() / width); ++k) {
    const std::uint64_t* state = initial.data() + k * width;
    states.insert(state, states.hash(state));
  }
  found.initial_count = static_cast<State>(states.size());

  Successors successors(network);
  std::vector<Step> steps;
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint64_t> state(width);  // a copy: insertions move the states
  for (std::size_t s = 0; s < states.size(); ++s) {
    std::copy_n(states[s], width, state.begin());
    successors.expand(state.data());
    number_targets(successors, states, hashes, steps);
    found.deadlock.push_back(steps.empty());
    if (steps.empty()) {
      ++found.deadlocks;
      steps.push_back({static_cast<State>(s), 1.0});
    }
    for (const Step& step : steps) {
      found.target.push_back(step.target);
      found.value.push_back(step.value);
    }
    found.row_start.push_back(found.target.size());
    for (std::size_t r = 0; r < found.rewards.size(); ++r) found.rewards[r].push_back(successors.reward(r));
    for (std::size_t l = 0; l < found.labels.size(); ++l) found.labels[l].push_back(successors.label(l));
    if ((s + 1) % 100'000 == 0)
      progress(fmt::format("{} states, {} transitions", with_commas(states.size()), with_commas(found.target.size())));
  }
  found.rescaled = successors.rescaled();
  found.words = states.take_words();
  return found;
}

// The states' numbers when found, in the order of their words.
std::vector<State> lexicographic_order(const std::vector<std::uint64_t>& words, std::size_t width, std::size_t n) {
  std::vector<State> order(n);
  if (width == 1) {
    std::vector<std::pair<std::uint64_t, State>> keyed(n);
    for (std::size_t s = 0; s < n; ++s) keyed[s] = {words[s], static_cast<State>(s)};
    std::sort(keyed.begin(), keyed.end());
    std::transform(keyed.begin(), keyed.end(), order.begin(), [](const auto& k) { return k.second; });
    return order;
  }
  std::iota(order.begin(), order.end(), State{0});
  std::sort(order.begin(), order.end(), [&](State a, State b) {
    const std::uint64_t* x = words.data() + a * width;
    const std::uint64_t* y = words.data() + b * width;
    return std::lexicographical_compare(x, x + width, y, y + width);
  });
  return order;
}

// The inflow matrix by a counting sort over the sources in their final order, so that columns ascend.
void set_matrix(const Exploration& found, const std::vector<State>& order, const std::vector<State>& number,
                Chain& chain) {
  const std::size_t n = found.size();
  std::vector<std::uint64_t>& start = chain.inflow.row_start;
  start.assign(n + 1, 0);
  for (std::size_t s = 0; s < n; ++s)
    for (std::uint64_t k = found.row_start[s]; k < found.row_start[s + 1]; ++k)
      if (found.target[k] != s) ++start[number[found.target[k]] + std::size_t{1}];
  std::partial_sum(start.begin(), start.end(), start.begin());
  chain.inflow.column.resize(start.back());
  chain.inflow.value.resize(start.back());
  chain.exit_rate.assign(n, 0);
  std::vector<std::uint64_t> next(start.begin(), start.end() - 1);
  for (std::size_t i = 0; i < n; ++i) {
    const State s = order[i];
    for (std::uint64_t k = found.row_start[s]; k < found.row_start[s + std::size_t{1}]; ++k) {
      if (found.target[k] == s) {
        chain.self_loops.push_back({static_cast<State>(i), found.value[k]});
        continue;
      }
      const std::uint64_t place = next[number[found.target[k]]]++;
      chain.inflow.column[place] = static_cast<State>(i);
      chain.inflow.value[place] = found.value[k];
      chain.exit_rate[i] += found.value[k];
    }
  }
}

template <class T>
std::vector<T> permuted(const std::vector<T>& values, const std::vector<State>& order) {
  std::vector<T> result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[i] = values[order[i]];
  return result;
}

Chain assemble(const Network& network, Exploration&& found) {
  const std::size_t n = found.size();
  const std::size_t width = network.packing.words();
  const std::vector<State> order = lexicographic_order(found.words, width, n);
  std::vector<State> number(n);
  for (std::size_t i = 0; i < n; ++i) number[order[i]] = static_cast<State>(i);

  Chain chain;
  chain.kind = network.kind;
  set_matrix(found, order, number, chain);
  std::vector<bool> initial(n);
  for (State s = 0; s < found.initial_count; ++s) {
    chain.initial.push_back({number[s], 1.0 / found.initial_count});
    initial[s] = true;
  }
  std::sort(chain.initial.begin(), chain.initial.end(),
            [](const StateProbability& a, const StateProbability& b) { return a.state < b.state; });
  for (std::size_t l = 0; l < network.labels.size(); ++l)
    chain.labels.push_back({network.labels[l].name, permuted(found.labels[l], order)});
  chain.labels.push_back({"init", permuted(initial, order)});
  chain.labels.push_back({"deadlock", permuted(found.deadlock, order)});
  for (std::size_t r = 0; r < network.rewards.size(); ++r)
    chain.rewards.push_back({network.rewards[r].name, permuted(found.rewards[r], order)});
  chain.states.packing = network.packing;
  chain.states.words.resize(found.words.size());
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(found.words.data() + order[i] * width, width, chain.states.words.data() + i * width);
  return chain;
}

}  // namespace

Chain explore(const Network& network, const Progress& progress, std::vector<std::string>& notes) {
  Exploration found = breadth_first(network, progress);
  const std::size_t deadlocks = found.deadlocks;
  if (found.rescaled) notes.emplace_back("some probabilities did not sum to 1 exactly, and were rescaled");
  Chain chain = assemble(network, std::move(found));
  if (deadlocks > 0) {
    const std::vector<bool>& deadlock = chain.labels.back().holds;
    const auto first = static_cast<std::size_t>(std::find(deadlock.begin(), deadlock.end(), true) - deadlock.begin());
    notes.push_back(fmt::format("{} deadlock state{} (the first is {}): a self-loop was added to {}",
                                with_commas(deadlocks), deadlocks == 1 ? "" : "s", chain.states.describe(first),
                                deadlocks == 1 ? "it" : "each"));
  }
  return chain;
}

}  // namespace steady::prism
