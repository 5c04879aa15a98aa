#include "formats/model/umb/umb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/relative_error.hpp"
#include "formats/chain/chain_from_rows.hpp"
#include "formats/chain/rate_errors.hpp"
#include "formats/io/archive.hpp"
#include "formats/io/scanner.hpp"
#include "formats/model/explicit_chain.hpp"
#include "formats/model/umb/files.hpp"
#include "formats/model/umb/index.hpp"
#include "formats/model/umb/valuations.hpp"

namespace steady::detail::umb {

namespace {

constexpr double rounding = 1e-12;  // probabilities whose sum is further than this from 1 are rescaled, with a note

[[noreturn]] void fail_as_changed(const std::string& path) { throw Error(path + ": it has changed while it was read"); }

// What leaves each state, as the file has it.
struct Transitions {
  const std::string& path;
  std::uint64_t branch_count;
  Intervals choices;   // of a state
  Intervals branches;  // of a choice
  Values<std::uint64_t> target;
  Values<double> probability;
  Values<double> exit_rate;
  std::vector<double> factor;  // of a state: its probabilities times this are its rates, or sum to 1

  bool has_choice(std::size_t state) const { return choices.begin(state) < choices.end(state); }
  // The state's first branch, and behind its last.
  std::pair<std::uint64_t, std::uint64_t> branches_of(std::size_t state) const {
    if (!has_choice(state)) return {0, 0};
    const std::uint64_t choice = choices.begin(state);
    const std::pair range(branches.begin(choice), branches.end(choice));
    if (range.first > range.second || range.second > branch_count) fail_as_changed(path);
    return range;
  }
};

// The files of the sizes that the index promises, and at most one choice a state.
Transitions find_transitions(const std::string& path, const Index& index, const Files& files,
                             const ReadOptions& options) {
  if (index.states > std::numeric_limits<State>::max() - 1u)
    throw Error(fmt::format("{}: {} states: at most {} can be numbered", path, index.states,
                            std::numeric_limits<State>::max() - 1u),
                Error::Cause::machine);
  const auto several = [&](const std::string& what) {
    throw Error(fmt::format("{}: {}: {}, not a Markov chain", path, what, nondeterministic_name(index)));
  };
  if (index.choices > index.states) several(fmt::format("{} choices in {} states", index.choices, index.states));
  Transitions transitions{path, index.branches, {}, {}, {}, {}, {}, {}};
  transitions.choices = files.intervals("state-to-choices.bin", index.states, index.choices);
  for (std::size_t i = 0; transitions.choices.present() && i < index.states; ++i)
    if (transitions.choices.end(i) - transitions.choices.begin(i) > 1)
      several(fmt::format("state {} has several choices", i));
  transitions.branches = files.intervals("choice-to-branches.bin", index.choices, index.branches);
  transitions.target = files.values<std::uint64_t>("branch-to-target.bin", index.branches);
  transitions.probability = files.values<double>("branch-to-probability.bin", index.branches);
  transitions.exit_rate = files.values<double>("state-to-exit-rate.bin", index.states);
  // Row starts, exit rates, factors, what sorting needs; a transition in the inflow.
  require_memory(path, fmt::format("a model of {} states and {} branches", index.states, index.branches),
                 32.0 * static_cast<double>(index.states) + 12.0 * static_cast<double>(index.branches),
                 options.memory_limit);
  return transitions;
}

// The state whose probabilities are furthest from 1, and how many states are too far.
struct Rescaled {
  std::size_t states = 0;
  std::size_t worst = 0;
  double sum = 1;
};

// Checks all numbers and sets the factors of the states from `first` to before `last`.
Rescaled set_factors(const std::string& path, const Index& index, std::size_t first, std::size_t last, double tolerance,
                     Transitions& transitions) {
  Rescaled rescaled;
  for (std::size_t i = first; i < last; ++i) {
    double& factor = transitions.factor[i];
    factor = index.kind == Kind::ctmc ? transitions.exit_rate[i] : 1;
    if (!std::isfinite(factor) || factor < 0) throw Error(fmt::format("{}: state {}: exit rate {}", path, i, factor));
    double sum = 0;
    const auto [first_branch, last_branch] = transitions.branches_of(i);
    for (std::uint64_t b = first_branch; b < last_branch; ++b) {
      if (const std::uint64_t to = transitions.target[b]; to >= index.states)
        throw Error(fmt::format("{}: state {}: branch {} leads to state {} of {}", path, i, b, to, index.states));
      const double probability = transitions.probability[b];
      if (!(probability >= 0))
        throw Error(fmt::format("{}: state {}: branch {} has probability {}", path, i, b, probability));
      sum += probability;
    }
    const double difference = std::abs(sum - 1);
    if (difference <= rounding || first_branch == last_branch) continue;
    if (!(difference <= tolerance))
      throw Error(fmt::format("{}: state {}: its probabilities sum to {}{}", path, i, sum, ways_out(sum, false)));
    factor /= sum;
    ++rescaled.states;
    if (difference > std::abs(rescaled.sum - 1)) {
      rescaled.worst = i;
      rescaled.sum = sum;
    }
  }
  return rescaled;
}

void set_factors(const std::string& path, const Index& index, double tolerance, Transitions& transitions,
                 std::vector<std::string>& notes) {
  const auto n = static_cast<std::size_t>(index.states);
  resize_large(transitions.factor, n);
  std::map<std::size_t, Rescaled> blocks;  // by their first state
  std::mutex one_at_a_time;
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    const Rescaled block = set_factors(path, index, first, last, tolerance, transitions);
    const std::lock_guard lock(one_at_a_time);
    blocks[first] = block;
  });
  Rescaled all;
  for (const auto& [first, block] : blocks) {
    all.states += block.states;
    if (std::abs(block.sum - 1) <= std::abs(all.sum - 1)) continue;
    all.worst = block.worst;
    all.sum = block.sum;
  }
  if (all.states > 0)
    notes.push_back(fmt::format("the probabilities of {} state{} rescaled to sum to 1; state {} was furthest, with {}",
                                all.states, all.states == 1 ? "" : "s", all.worst, all.sum));
}

// Of the rates from each state: the numbers of the file are exact, but they are multiplied by the state's factor, which
// may be rounded itself, and added where they lead to the same state.
std::vector<double> rate_errors(const Index& index, const Transitions& transitions) {
  std::vector<double> errors(static_cast<std::size_t>(index.states));
  std::vector<std::uint64_t> targets;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const double factor = transitions.factor[i];
    const auto [first, last] = transitions.branches_of(i);
    const auto branches = static_cast<double>(last - first);
    double& error = errors[i];
    targets.clear();
    for (std::uint64_t b = first; b < last; ++b) {
      targets.push_back(transitions.target[b]);
      const auto [product, rounding_error] = two_product(factor, transitions.probability[b]);
      if (rounding_error != 0) error = std::max(error, half_unit);
      if (may_be_inexact(product, factor, transitions.probability[b])) error = INFINITY;
    }
    if (factor != (index.kind == Kind::ctmc ? transitions.exit_rate[i] : 1))
      error = compounded(error, summed(half_unit, branches + 1));  // divided by the sum of the probabilities
    std::sort(targets.begin(), targets.end());
    if (std::adjacent_find(targets.begin(), targets.end()) != targets.end()) error = summed(error, branches);
  }
  return errors;
}

std::vector<bool> to_vector(const Bits& bits, std::size_t n) {
  std::vector<bool> result(n);
  for (std::size_t i = 0; i < n; ++i) result[i] = bits[i];
  return result;
}

// The labels of the file, then "init" and "deadlock".
void set_labels(const std::string& path, const Index& index, const Files& files, std::vector<bool>&& deadlock,
                Model& model) {
  Chain& chain = model.chain;
  const std::size_t n = chain.size();
  for (const Annotation& a : index.labels) {
    if (!a.states || a.type.name != "bool" || a.random) {
      model.notes.push_back(
          fmt::format("label {} is left out: it is not true or false in each state", in_quotes(a.name)));
      continue;
    }
    std::vector<bool> holds = to_vector(files.bits(fmt::format("annotations/aps/{}/states/values.bin", a.id), n), n);
    if (a.name == "deadlock")
      for (std::size_t i = 0; i < n; ++i) deadlock[i] = deadlock[i] || holds[i];
    if (a.name != "init" && a.name != "deadlock") chain.labels.push_back({a.name, std::move(holds)});
  }
  std::vector<bool> initial = to_vector(files.bits("state-is-initial.bin", n), n);
  if (const auto count = static_cast<std::uint64_t>(std::count(initial.begin(), initial.end(), true));
      count != index.initial_states)
    throw Error(
        fmt::format("{}: state-is-initial.bin has {} initial states, and not {}", path, count, index.initial_states));
  if (index.initial_states == 0) initial[0] = true;
  start_in(chain, initial, path);
  chain.labels.push_back({"init", std::move(initial)});
  chain.labels.push_back({"deadlock", std::move(deadlock)});
}

struct RewardValues {
  Values<double> of_state, of_choice, of_branch;
};

// What the state earns a unit of time, or a step.
double earned_in(std::size_t i, Kind kind, const RewardValues& values, const Transitions& transitions,
                 RewardErrors& errors) {
  const auto state = static_cast<State>(i);
  double rate = values.of_state[i];
  errors.earns(state, rate);
  if (!transitions.has_choice(i)) return rate;
  const double of_choice = values.of_choice[transitions.choices.begin(i)];
  const double exit = kind == Kind::ctmc ? transitions.exit_rate[i] : 1;
  rate += of_choice * exit;
  if (kind == Kind::ctmc)
    errors.earns_by_rate(state, of_choice, exit);
  else
    errors.earns(state, of_choice);
  const auto [first, last] = transitions.branches_of(i);
  for (std::uint64_t b = first; values.of_branch.present() && b < last; ++b) {
    const double at_factor = values.of_branch[b] * transitions.factor[i];
    rate += at_factor * transitions.probability[b];
    errors.earns_by_rate(state, at_factor, transitions.probability[b]);
  }
  return rate;
}

void set_rewards(const Index& index, const Files& files, const Transitions& transitions, const ReadOptions& options,
                 Model& model) {
  const std::size_t n = model.chain.size();
  for (const Annotation& a : index.rewards) {
    if (a.type.name != "double" || a.random) {
      model.notes.push_back(fmt::format("reward {} is left out: its values are of type {}", in_quotes(a.name),
                                        a.random ? "random" : a.type.name));
      continue;
    }
    const std::string folder = fmt::format("annotations/rewards/{}/", a.id);
    const RewardValues values{files.values<double>(folder + "states/values.bin", a.states ? n : 0),
                              files.values<double>(folder + "choices/values.bin", a.choices ? index.choices : 0),
                              files.values<double>(folder + "branches/values.bin", a.branches ? index.branches : 0)};
    std::vector<double> rate;
    resize_large(rate, n);
    RewardErrors errors(options.rate_errors, options.rates_within, n);
    for_blocks(n, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) rate[i] = earned_in(i, index.kind, values, transitions, errors);
    });
    model.chain.rewards.push_back({a.name, std::move(rate), false, errors.of_states(model.chain.rate_error)});
  }
}

Chain find_chain(const Index& index, const Transitions& transitions) try {
  const auto row = [&](std::size_t state, auto add) {
    const auto [first, last] = transitions.branches_of(state);
    const double factor = transitions.factor[state];
    for (std::uint64_t b = first; b < last; ++b) {
      const std::uint64_t target = transitions.target[b];
      if (target >= index.states) fail_as_changed(transitions.path);
      add(static_cast<State>(target), factor * transitions.probability[b]);
    }
  };
  return chain_from_rows(index.kind, static_cast<std::size_t>(index.states), row);
} catch (const RowsChangedBetweenPasses&) {
  fail_as_changed(transitions.path);
}

}  // namespace

Model read_umb(const std::string& path, std::string_view content, const ReadOptions& options) {
  const Archive archive(path, content, Archive::Form::tar, options.memory_limit);
  const std::string_view* index_file = archive.find("index.json");
  if (index_file == nullptr) throw Error(path + ": no index.json in it: not a .umb file");
  const Index index = read_index(path, *index_file);
  const Files files(path, archive);
  Transitions transitions = find_transitions(path, index, files, options);

  Model model;
  set_factors(path, index, options.rescale ? near_one : one_sum, transitions, model.notes);
  model.chain = find_chain(index, transitions);
  if (options.rate_errors) model.chain.rate_error = rate_errors(index, transitions);
  set_labels(path, index, files, mend_deadlocks(model.chain, model.notes), model);
  set_rewards(index, files, transitions, options, model);
  model.chain.states = read_valuations(path, index, files, model.notes);
  return model;
}

}  // namespace steady::detail::umb
