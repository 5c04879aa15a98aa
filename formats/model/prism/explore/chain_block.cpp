#include "formats/model/prism/explore/chain_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/state_space.hpp"
#include "formats/model/prism/explore/transitions.hpp"

namespace steady::detail::prism {

namespace {

[[noreturn]] void refuse(const CompiledModel& model, std::string_view why) {
  throw Error(fmt::format("{}: {}; steady_mpi finds the states from a decision diagram alone: try steady solve",
                          model.vocabulary->source->name, why));
}

ReachableMdd reachable_states(const CompiledModel& model, const std::vector<std::uint64_t>& initial) {
  if (model.immediate()) refuse(model, "it has transitions that take no time");
  if (!model.unbounded.empty())
    refuse(model, fmt::format("the int '{}' has no range", model.packing.variables()[model.unbounded.front()].name));
  std::optional<Relations> relations = find_relations(model);
  if (!relations) refuse(model, "a decision diagram does not suit its variables and commands");
  return ReachableMdd(model, std::move(*relations), initial);
}

// Calls work() where no MDD is too large; else the model is refused.
template <class Work>
auto suited(const CompiledModel& model, Work work) try {
  return work();
} catch (const StateMdd::TooLarge&) {
  refuse(model, "the decision diagram of its states is too large");
}

class BlockMaker {
 public:
  BlockMaker(const CompiledModel& model, const NumberedStates& states, std::uint64_t first, std::uint64_t last,
             const Progress& progress)
      : model_(model), numbers_(states.numbers()), progress_(progress), transitions_(model) {
    block_.first = first;
    block_.states = states.count();
    const std::size_t n = last - first;
    Chain& chain = block_.model.chain;
    chain.kind = model.kind;
    chain.states = {model.packing, std::vector<std::uint64_t>(n * model.words())};
    chain.exit_rate.resize(n);
    chain.inflow.row_start.resize(n + 1);
    for (const CompiledReward& r : model.rewards)
      chain.rewards.push_back({r.name, std::vector<double>(n), r.throughput});
    for (const CompiledLabel& l : model.labels) chain.labels.push_back({l.name, std::vector<bool>(n)});
    for (const char* name : {"init", "deadlock"}) chain.labels.push_back({name, std::vector<bool>(n)});
    block_.rows.own_start.resize(n + 1);
    block_.rows.other_start.resize(n + 1);
    set_initial(states.initial());
  }

  ChainBlock run(const MemoryLimit& limit) {
    BlockRows& rows = block_.rows;
    for_each_state("states", [this](std::size_t k) { count(k); });
    for (std::vector<std::int64_t>* start : {&rows.own_start, &rows.other_start})
      std::partial_sum(start->begin(), start->end(), start->begin());
    const auto own = static_cast<std::size_t>(rows.own_start.back());
    const auto other = static_cast<std::size_t>(rows.other_start.back());
    require_memory(limit.path, fmt::format("a block of {} transitions", with_commas(own + other - size())),
                   16.0 * static_cast<double>(own + other), limit.bytes);
    rows.own_column.resize(own);
    rows.own_value.resize(own);
    rows.other_column.resize(other);
    rows.other_value.resize(other);
    for_each_state("transitions", [this](std::size_t k) { write(k); });
    block_.dropped = transitions_.dropped();
    block_.rescaled = transitions_.rescaled();
    if (model_.packing.words() == 0) block_.model.chain.states.words.clear();
    return std::move(block_);
  }

 private:
  std::size_t size() const { return block_.model.chain.exit_rate.size(); }
  bool is_own(std::uint64_t state) const { return state - block_.first < size(); }

  void set_initial(const std::vector<std::uint64_t>& initial) {
    std::vector<Label>& labels = block_.model.chain.labels;
    std::vector<bool>& holds = labels[labels.size() - 2].holds;
    for (std::size_t k = 0; k < initial.size(); k += model_.words()) {
      const std::uint64_t state = numbers_.number(&initial[k]);
      block_.initial.push_back(state);
      if (is_own(state)) holds[state - block_.first] = true;
    }
  }

  template <class Use>
  void for_each_state(const char* what, Use use) {
    constexpr std::size_t batch = std::size_t{1} << 14;
    for (std::size_t k = 0; k < size(); ++k) {
      if (k % batch == 0) progress_(fmt::format("{} of {} of {} states", what, with_commas(k), with_commas(size())));
      std::uint64_t* words = &block_.model.chain.states.words[k * model_.words()];
      numbers_.find(block_.first + k, words);
      transitions_.find(words);
      use(k);
    }
  }

  std::uint64_t number_of(const Transitions::Step& step) const {
    const std::uint64_t target = numbers_.number(step.target);
    if (target == MddNumbers::none) refuse(model_, "a state is reached that the decision diagram does not have");
    return target;
  }

  // What leaves the block's state k is counted, and all said of it but where it leads.
  void count(std::size_t k) {
    Chain& chain = block_.model.chain;
    std::int64_t own = 1;  // the diagonal
    rates_.clear();
    for (const Transitions::Step& step : transitions_.steps()) {
      rates_.push_back(step.rate);
      own += is_own(number_of(step)) ? 1 : 0;
    }
    block_.rows.own_start[k + 1] = own;
    block_.rows.other_start[k + 1] = static_cast<std::int64_t>(rates_.size()) + 1 - own;
    chain.exit_rate[k] = sum_ascending(rates_);
    if (transitions_.deadlock()) chain.labels.back().holds[k] = true;
    block_.self_loops += transitions_.deadlock() || transitions_.self_loop() > 0 ? 1 : 0;
    for (std::size_t r = 0; r < model_.rewards.size(); ++r) chain.rewards[r].rate[k] = transitions_.reward(r);
    for (std::size_t l = 0; l < model_.labels.size(); ++l) chain.labels[l].holds[k] = transitions_.label(l);
  }

  // The row of the block's state k, the diagonal among it.
  void write(std::size_t k) {
    row_.assign(1, {block_.first + k, -block_.model.chain.exit_rate[k]});
    for (const Transitions::Step& step : transitions_.steps()) row_.emplace_back(number_of(step), step.rate);
    std::sort(row_.begin(), row_.end());
    BlockRows& rows = block_.rows;
    auto own = static_cast<std::size_t>(rows.own_start[k]), other = static_cast<std::size_t>(rows.other_start[k]);
    for (const auto& [column, value] : row_) {
      if (is_own(column)) {
        rows.own_column[own] = static_cast<std::int64_t>(column - block_.first);
        rows.own_value[own++] = value;
      } else {
        rows.other_column[other] = static_cast<std::int64_t>(column);
        rows.other_value[other++] = value;
      }
    }
  }

  const CompiledModel& model_;
  const MddNumbers& numbers_;
  const Progress& progress_;
  Transitions transitions_;
  ChainBlock block_;
  std::vector<double> rates_;
  std::vector<std::pair<std::uint64_t, double>> row_;
};

}  // namespace

NumberedStates::NumberedStates(const CompiledModel& model, const Progress& progress)
    : initial_(initial_states(model, progress)),
      reachable_(suited(model, [&] { return reachable_states(model, initial_); })),
      numbers_(suited(model, [&] { return MddNumbers(reachable_.states, model.packing); })) {}

ChainBlock make_block(const CompiledModel& model, const NumberedStates& states, std::uint64_t first, std::uint64_t last,
                      const Progress& progress, const MemoryLimit& limit) {
  const auto n = static_cast<double>(last - first);
  const double of_state = 8.0 * static_cast<double>(model.words() + model.rewards.size()) + 32.0;
  require_memory(limit.path, fmt::format("a block of {} states", with_commas(last - first)), n * of_state, limit.bytes);
  if (last - first > most_states)
    throw Error(fmt::format("{}: {} states in a block; start more processes, at most {} each", limit.path,
                            with_commas(last - first), with_commas(most_states)),
                Error::Cause::machine);
  return BlockMaker(model, states, first, last, progress).run(limit);
}

}  // namespace steady::detail::prism
