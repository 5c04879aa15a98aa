#include "formats/model/prism/explore/growing_states.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <steady/error.hpp>

#include "formats/model/prism/explore/initial_distribution.hpp"
#include "formats/model/prism/explore/ordered_states.hpp"
#include "formats/model/prism/explore/state_space.hpp"

namespace steady::detail::prism {

namespace {

CompiledModel with_whole_range(CompiledModel model) {
  std::vector<Variable> variables = model.packing.variables();
  for (const std::uint32_t v : model.unbounded) {
    variables[v].low = smallest_int;
    variables[v].high = largest_int;
  }
  model.packing = Packing(std::move(variables));
  return model;
}

}  // namespace

GrowingStates::GrowingStates(CompiledModel model)
    : model_(with_whole_range(std::move(model))), width_(model_.words()), expander_(model_) {
  const InitialDistribution initial = initial_distribution(model_, initial_states(model_));
  for (std::size_t k = 0; k < initial.states.size(); k += width_) initial_.push_back(find(&initial.states[k]));
  initial_probabilities_ = initial.probabilities;
}

// The state's number, which it gets here where it is new.
State GrowingStates::find(const std::uint64_t* words) {
  const auto at = [this](State s) { return words_.data() + s * width_; };
  State& slot =
      numbers_.find(StateSet::hash(words, width_), [&](State s) { return std::equal(words, words + width_, at(s)); });
  if (slot != not_kept) return slot;
  if (row_.size() > most_states) throw Error("the model has more than 2^32 - 2 states", Error::Cause::machine);
  const State number = slot = static_cast<State>(row_.size());
  words_.insert(words_.end(), words, words + width_);
  row_.push_back(not_kept);
  numbers_.count_taken([&](State s) { return StateSet::hash(at(s), width_); });
  return number;
}

bool GrowingStates::keeps(const std::vector<std::int64_t>& values) const {
  std::vector<std::uint64_t> words(width_);
  for (std::size_t v = 0; v < values.size(); ++v) model_.packing.set(words.data(), v, values[v]);
  const State s = numbers_.find(StateSet::hash(words.data(), width_), [&](State other) {
    return std::equal(words.begin(), words.end(), words_.data() + other * width_);
  });
  return s != not_kept && is_kept(s);
}

void GrowingStates::expand(State s) {
  const std::vector<std::uint64_t> state(words_.begin() + static_cast<std::ptrdiff_t>(s * width_),
                                         words_.begin() + static_cast<std::ptrdiff_t>((s + 1) * width_));
  expander_.find(state.data());
  for (std::size_t r = 0; r < model_.rewards.size(); ++r) rewards_.push_back(expander_.reward(r));
  for (std::size_t l = 0; l < model_.labels.size(); ++l) labels_.push_back(expander_.label(l) ? 1 : 0);
  deadlocks_.push_back(expander_.deadlock());
  self_loops_.push_back(expander_.deadlock() ? 1 : expander_.self_loop());
  for (const Transitions::Step& step : expander_.steps()) transitions_.push_back({find(step.target), step.rate});
  row_start_.push_back(transitions_.size());
  row_[s] = static_cast<State>(kept_.size());
  kept_.push_back(s);
}

std::size_t GrowingStates::bytes() const {
  const std::size_t slots = 4 * std::bit_ceil(2 * size());
  const std::size_t of_row = 4 + 8 + 8 + 8 * model_.rewards.size() + model_.labels.size();
  return size() * (8 * width_ + 4) + slots + kept_.size() * of_row + transitions_.size() * sizeof(Transition);
}

std::vector<State> GrowingStates::ordered() const {
  std::vector<State> order = kept_;
  const auto at = [this](State s) { return words_.data() + s * width_; };
  std::sort(order.begin(), order.end(), [&](State a, State b) {
    return std::lexicographical_compare(at(a), at(a) + width_, at(b), at(b) + width_);
  });
  return order;
}

// Row by row in this order, the self-loops on the diagonal.
Csr GrowingStates::rates(const std::vector<State>& order, State back_to) const {
  std::vector<State> place(size(), not_kept);
  for (std::size_t k = 0; k < order.size(); ++k) place[order[k]] = static_cast<State>(k);
  Csr outgoing;
  std::vector<std::pair<State, double>> row;
  for (std::size_t k = 0; k < order.size(); ++k) {
    row.clear();
    if (const double loop = self_loops_[row_[order[k]]]; loop > 0) row.emplace_back(static_cast<State>(k), loop);
    for (const auto& [target, rate] : transitions(order[k]))
      row.emplace_back(is_kept(target) ? place[target] : place[back_to], rate);
    std::sort(row.begin(), row.end());
    for (std::size_t e = 0; e < row.size(); ++e) {
      if (e > 0 && row[e].first == row[e - 1].first) {
        outgoing.value.back() += row[e].second;
        continue;
      }
      outgoing.column.push_back(row[e].first);
      outgoing.value.push_back(row[e].second);
    }
    outgoing.row_start.push_back(outgoing.column.size());
  }
  return outgoing;
}

// The variables' values, in the ranges that they turned out to have.
void GrowingStates::name_states(const std::vector<State>& order, Chain& chain) const {
  std::vector<Variable> variables = model_.packing.variables();
  for (const std::uint32_t v : model_.unbounded) {
    variables[v].low = variables[v].high = value(order.front(), v);
    for (const State s : order) {
      variables[v].low = std::min(variables[v].low, value(s, v));
      variables[v].high = std::max(variables[v].high, value(s, v));
    }
  }
  States& states = chain.states = {Packing(std::move(variables)), {}};
  states.words.resize(order.size() * states.packing.words());
  for (std::size_t k = 0; k < order.size(); ++k)
    for (std::size_t v = 0; v < states.packing.variables().size(); ++v)
      states.packing.set(states.words.data() + k * states.packing.words(), v, value(order[k], v));
}

Chain GrowingStates::chain(const std::vector<State>& order, State back_to) const {
  Chain chain = make_chain(model_.kind, rates(order, back_to), Checked::yes);
  chain.truncated = std::any_of(order.begin(), order.end(), [&](State s) {
    const auto row = transitions(s);
    return std::any_of(row.begin(), row.end(), [&](const Transition& t) { return !is_kept(t.target); });
  });
  const std::size_t n = order.size();
  name_states(order, chain);
  for (std::size_t r = 0; r < model_.rewards.size(); ++r) {
    std::vector<double>& rate = chain.rewards.emplace_back(Reward{model_.rewards[r].name, std::vector<double>(n)}).rate;
    for (std::size_t k = 0; k < n; ++k) rate[k] = reward(order[k], r);
  }
  const auto add_label = [&](const std::string& name, auto holds) {
    std::vector<bool>& all = chain.labels.emplace_back(Label{name, std::vector<bool>(n)}).holds;
    for (std::size_t k = 0; k < n; ++k) all[k] = holds(order[k]);
  };
  for (std::size_t l = 0; l < model_.labels.size(); ++l)
    add_label(model_.labels[l].name, [&](State s) { return labels_[row_[s] * model_.labels.size() + l] != 0; });
  std::vector<double> starts(size());  // the probability there
  for (std::size_t k = 0; k < initial_.size(); ++k) starts[initial_[k]] = initial_probabilities_[k];
  add_label("init", [&](State s) { return starts[s] > 0; });
  add_label("deadlock", [&](State s) { return deadlocks_[row_[s]]; });
  chain.initial.clear();
  for (std::size_t k = 0; k < n; ++k)
    if (starts[order[k]] > 0) chain.initial.push_back({static_cast<State>(k), starts[order[k]]});
  return chain;
}

}  // namespace steady::detail::prism
