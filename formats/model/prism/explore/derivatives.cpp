#include "formats/model/prism/explore/derivatives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/model/prism/explore/state_numbers.hpp"
#include "formats/model/prism/explore/state_values.hpp"
#include "formats/model/prism/explore/vanishing_states.hpp"

namespace steady::detail::prism {
namespace {

// A number with its derivatives by all constants; none: all are 0.
struct Varied {
  double value = 0;
  std::vector<double> derivatives;

  double derivative(std::size_t k) const { return derivatives.empty() ? 0 : derivatives[k]; }
};

Varied operator*(const Varied& a, const Varied& b) {
  Varied product{a.value * b.value, {}};
  const std::size_t count = std::max(a.derivatives.size(), b.derivatives.size());
  for (std::size_t k = 0; k < count; ++k)
    product.derivatives.push_back(a.derivative(k) * b.value + a.value * b.derivative(k));
  return product;
}

Varied& operator+=(Varied& sum, const Varied& x) {
  sum.value += x.value;
  if (sum.derivatives.empty()) sum.derivatives.resize(x.derivatives.size());
  for (std::size_t k = 0; k < x.derivatives.size(); ++k) sum.derivatives[k] += x.derivatives[k];
  return sum;
}

// What a part of a synchronization may do in one state.
struct VariedBranch {
  const CompiledUpdate* update;
  Varied rate;
};
struct Alternatives {
  std::size_t commands = 0;  // that are enabled
  std::vector<VariedBranch> branches;
  bool varies = false;  // with any constant
};

struct Change {
  State source, target;
  std::vector<double> derivatives;
};

// The derivatives in one state after the other; each thread has its own.
class StateDerivatives {
 public:
  StateDerivatives(const CompiledModel& model, std::size_t constants, const Chain& chain)
      : model_(model),
        constants_(constants),
        chain_(chain),
        width_(model.words()),
        no_variables_(width_),
        values_(model),
        numbers_(chain.states.words.empty() ? no_variables_ : chain.states.words, width_),
        commands_(model.parts.size()),
        action_rate_(model.actions.size() + 1) {
    if (model.immediate()) vanishing_.emplace(model);
    for (const CompiledCommand& command : model.commands) commands_[command.part].push_back(&command);
  }

  // Adds the changes of the rates from the state; returns those of what it earns, by reward and constant.
  std::vector<std::vector<double>> find(State state, std::vector<Change>& changes) {
    values_.move_to(words(state));
    std::fill(action_rate_.begin(), action_rate_.end(), Varied{});
    const double choices = model_.kind == Kind::dtmc ? count_choices() : 1;
    for (const Synchronization& together : model_.synchronizations) {
      std::vector<Alternatives> parts;
      for (const std::uint32_t part : together.parts) parts.push_back(alternatives(part));
      if (std::any_of(parts.begin(), parts.end(), [](const Alternatives& a) { return a.commands == 0; })) continue;
      add_action_rate(together, parts, choices);
      const bool varies = std::any_of(parts.begin(), parts.end(), [](const Alternatives& a) { return a.varies; });
      if (varies || (vanishing_ && vanishing_->earns())) combine(state, parts, 0, {1 / choices, {}}, changes);
    }
    std::vector<std::vector<double>> earned;
    for (const CompiledReward& reward : model_.rewards) earned.push_back(derivatives_of(reward));
    return earned;
  }

 private:
  const std::uint64_t* words(State state) const {
    return chain_.states.words.empty() ? no_variables_.data() : chain_.states.words.data() + state * width_;
  }

  double evaluate(Entry entry, Place place) {
    const double value = values_.evaluate(entry);
    if (!std::isfinite(value)) values_.fail_in_state(place, fmt::format("a derivative is {}", value));
    return value;
  }

  Varied varied(double value, const CompiledDerivatives& derivatives, Place place) {
    Varied result{value, {}};
    if (std::none_of(derivatives.begin(), derivatives.end(), [](const auto& entry) { return entry.has_value(); }))
      return result;
    for (const std::optional<Entry>& entry : derivatives)
      result.derivatives.push_back(entry ? evaluate(*entry, place) : 0);
    return result;
  }

  Alternatives alternatives(std::uint32_t part) {
    Alternatives found;
    for (const CompiledCommand* command : commands_[part]) {
      if (!values_.holds(command->guard)) continue;
      ++found.commands;
      const std::size_t first = found.branches.size();
      for (const CompiledUpdate& update : command->updates)
        found.branches.push_back({&update, varied(values_.rate(update), update.derivatives, update.place)});
      if (model_.kind == Kind::dtmc) normalise(*command, {found.branches.data() + first, command->updates.size()});
    }
    found.varies = std::any_of(found.branches.begin(), found.branches.end(),
                               [](const VariedBranch& branch) { return !branch.rate.derivatives.empty(); });
    return found;
  }

  // A command's probabilities sum to 1, whatever the constants are.
  void normalise(const CompiledCommand& command, std::span<VariedBranch> branches) {
    constexpr double rounding = 1e-9;
    Varied sum;
    for (const VariedBranch& branch : branches) sum += branch.rate;
    for (std::size_t k = 0; k < sum.derivatives.size(); ++k) {
      double size = 0;
      for (const VariedBranch& branch : branches) size += std::abs(branch.rate.derivative(k));
      if (std::abs(sum.derivatives[k]) > rounding * size)
        values_.fail_in_state(command.place,
                              fmt::format("--sensitivity: the derivatives of the probabilities sum to {}, "
                                          "not 0,",
                                          sum.derivatives[k]));
    }
    for (VariedBranch& branch : branches) {
      branch.rate.value /= sum.value;
      for (double& derivative : branch.rate.derivatives) derivative /= sum.value;
    }
  }

  double count_choices() {
    double choices = 0;
    for (const Synchronization& together : model_.synchronizations) {
      double combinations = 1;
      for (const std::uint32_t part : together.parts)
        combinations *= static_cast<double>(
            std::count_if(commands_[part].begin(), commands_[part].end(),
                          [&](const CompiledCommand* command) { return values_.holds(command->guard); }));
      choices += combinations;
    }
    return std::max(choices, 1.0);
  }

  void add_action_rate(const Synchronization& together, const std::vector<Alternatives>& parts, double choices) {
    Varied rate{1 / choices, {}};
    for (const Alternatives& part : parts) {
      Varied sum;
      for (const VariedBranch& branch : part.branches) sum += branch.rate;
      rate = rate * sum;
    }
    action_rate_[together.action == no_action ? model_.actions.size() : together.action] += rate;
  }

  // Every combination of branches of the parts from `next` on, after others with this rate.
  void combine(State source, const std::vector<Alternatives>& parts, std::size_t next, const Varied& rate,
               std::vector<Change>& changes) {
    if (next < parts.size()) {
      for (const VariedBranch& branch : parts[next].branches) {
        taken_.push_back(branch.update);
        combine(source, parts, next + 1, rate * branch.rate, changes);
        taken_.pop_back();
      }
      return;
    }
    const std::vector<std::uint64_t> target = words_after(source);
    if (vanishing_ && vanishing_->contains(target.data()))
      leave(source, target, rate, changes);
    else
      add_change(source, target.data(), rate, changes);
  }

  // By what takes no time, on to the tangible states: how likely each is does not change with the constants.
  void leave(State source, const std::vector<std::uint64_t>& target, const Varied& rate, std::vector<Change>& changes) {
    const Vanished& vanished = vanishing_->leave(target.data());
    for (std::size_t k = 0; k < vanished.probabilities.size(); ++k)
      add_change(source, &vanished.states[k * width_], rate * Varied{vanished.probabilities[k], {}}, changes);
    for (std::size_t a = 0; a < vanished.taken.size(); ++a) action_rate_[a] += rate * Varied{vanished.taken[a], {}};
  }

  void add_change(State source, const std::uint64_t* target, const Varied& rate, std::vector<Change>& changes) {
    const auto changes_with = [](double derivative) { return derivative != 0; };
    if (std::none_of(rate.derivatives.begin(), rate.derivatives.end(), changes_with)) return;
    const State number = numbers_.find(target, width_);
    if (number >= chain_.size() || !std::equal(target, target + width_, words(number)))
      values_.fail_in_state(taken_.front()->place,
                            "--sensitivity: the rate is 0 and its derivative is not, to a state that is not reached,");
    if (number != source) changes.push_back({source, number, rate.derivatives});
  }

  // The words of the state that the updates which are taken lead to.
  std::vector<std::uint64_t> words_after(State source) {
    std::vector<std::uint64_t> target(words(source), words(source) + width_);
    for (const CompiledUpdate* update : taken_)
      for (const CompiledAssignment& a : update->assignments)
        model_.packing.set(target.data(), a.variable, values_.assigned(a));
    return target;
  }

  std::vector<double> derivatives_of(const CompiledReward& reward) {
    std::vector<double> total(constants_, 0.0);
    for (const CompiledRewardItem& item : reward.items) {
      const Varied rate = !item.transition
                              ? Varied{1, {}}
                              : action_rate_[item.action == no_action ? model_.actions.size() : item.action];
      if ((rate.value == 0 && rate.derivatives.empty()) || !values_.holds(item.guard)) continue;
      const Varied earned = rate * varied(values_.evaluate(item.value), item.derivatives, item.place);
      for (std::size_t k = 0; k < earned.derivatives.size(); ++k) total[k] += earned.derivatives[k];
    }
    return total;
  }

  const CompiledModel& model_;
  std::size_t constants_;
  const Chain& chain_;
  std::size_t width_;
  const std::vector<std::uint64_t> no_variables_;
  StateValues values_;
  StateNumbers numbers_;
  std::vector<std::vector<const CompiledCommand*>> commands_;  // by part
  std::vector<Varied> action_rate_;                            // of each action, and last of what has none
  std::vector<const CompiledUpdate*> taken_;
  std::optional<VanishingStates> vanishing_;  // where some command takes no time
};

}  // namespace

std::vector<Derivative> differentiate(const CompiledModel& model, const std::vector<std::string>& constants,
                                      const Chain& chain) {
  const std::size_t n = chain.size(), blocks = block_count(n);
  std::vector<Derivative> all;
  for (const std::string& name : constants)
    all.push_back({name,
                   model.vocabulary->constants.find(name)->second.value,
                   {},
                   std::vector<std::vector<double>>(chain.rewards.size(), std::vector<double>(n))});
  std::vector<std::vector<Change>> changes(blocks);
  for_numbered_blocks(n, blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
    StateDerivatives derivatives(model, constants.size(), chain);
    for (std::size_t s = first; s < last; ++s) {
      const auto earned = derivatives.find(static_cast<State>(s), changes[b]);
      for (std::size_t r = 0; r < earned.size(); ++r)
        for (std::size_t k = 0; k < all.size(); ++k) all[k].rewards[r][s] = earned[r][k];
    }
  });
  for (std::size_t k = 0; k < all.size(); ++k) {
    std::vector<Triplet> entries;
    for (const std::vector<Change>& some : changes)
      for (const Change& change : some)
        if (change.derivatives[k] != 0) entries.push_back({change.source, change.target, change.derivatives[k]});
    all[k].rates = to_csr(n, std::move(entries), Checked::yes);
  }
  return all;
}

}  // namespace steady::detail::prism
