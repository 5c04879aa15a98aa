#include "formats/model/prism/explore/derivatives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

constexpr std::size_t at_once = 8;  // constants

// A number with its derivatives by so many constants; what does not vary has none but 0.
struct Varied {
  double value = 0;
  bool varies = false;
  std::array<double, at_once> derivatives = {};
};

Varied operator*(const Varied& a, const Varied& b) {
  Varied product{a.value * b.value, a.varies || b.varies};
  for (std::size_t k = 0; k < at_once; ++k)
    product.derivatives[k] = a.derivatives[k] * b.value + a.value * b.derivatives[k];
  return product;
}

Varied& operator+=(Varied& sum, const Varied& x) {
  sum.value += x.value;
  sum.varies = sum.varies || x.varies;
  for (std::size_t k = 0; k < at_once; ++k) sum.derivatives[k] += x.derivatives[k];
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

// Consecutive ones of the model's constants, at most at_once.
struct Constants {
  std::size_t first, count;
};

// How the rates from some states change, by constant.
using Changes = std::vector<std::vector<Triplet>>;

// The derivatives by some constants in one state after the other; each thread has its own.
class StateDerivatives {
 public:
  StateDerivatives(const CompiledModel& model, Constants constants, const Chain& chain)
      : model_(model),
        constants_(constants),
        chain_(chain),
        width_(model.words()),
        no_variables_(width_),
        target_(width_),
        values_(model),
        numbers_(chain.states.words.empty() ? no_variables_ : chain.states.words, width_),
        commands_(model.parts.size()),
        action_rate_(model.actions.size() + 1) {
    if (model.immediate()) vanishing_.emplace(model);
    for (const CompiledCommand& command : model.commands) commands_[command.part].push_back(&command);
    choose_what_varies();
  }

  // Adds the changes of the rates from the state, by each of these constants.
  void add_changes(State state, Changes& changes) {
    values_.move_to(words(state));
    std::fill(action_rate_.begin(), action_rate_.end(), Varied{});
    const double choices = model_.kind == Kind::dtmc ? count_choices() : 1;
    for (const Synchronization* together : synchronizations_) {
      parts_.resize(together->parts.size());
      for (std::size_t p = 0; p < parts_.size(); ++p) find_alternatives(together->parts[p], parts_[p]);
      if (std::any_of(parts_.begin(), parts_.end(), [](const Alternatives& a) { return a.commands == 0; })) continue;
      add_action_rate(*together, choices);
      const bool any = std::any_of(parts_.begin(), parts_.end(), [](const Alternatives& a) { return a.varies; });
      if (any || (vanishing_ && vanishing_->earns())) combine(state, 0, {1 / choices}, changes);
    }
  }

  // Of what the state earns by a reward, that add_changes() saw last.
  std::array<double, at_once> earned(std::size_t reward) {
    Varied total;
    for (const CompiledRewardItem* item : items_[reward]) {
      const Varied rate = item->transition ? action_rate_[slot(item->action)] : Varied{1};
      if ((rate.value == 0 && !rate.varies) || !values_.holds(item->guard)) continue;
      total += rate * varied(values_.evaluate(item->value), item->derivatives, item->place);
    }
    return total.derivatives;
  }
  bool earns_the_same(std::size_t reward) const { return items_[reward].empty(); }  // whatever the constants are

 private:
  std::size_t slot(std::size_t action) const { return action == no_action ? model_.actions.size() : action; }

  bool varies(const CompiledDerivatives& derivatives) const {
    for (std::size_t k = 0; k < constants_.count && !derivatives.empty(); ++k)
      if (derivatives[constants_.first + k]) return true;
    return false;
  }

  bool part_varies(std::uint32_t part) const {
    return std::any_of(commands_[part].begin(), commands_[part].end(), [this](const CompiledCommand* command) {
      return std::any_of(command->updates.begin(), command->updates.end(),
                         [this](const CompiledUpdate& update) { return varies(update.derivatives); });
    });
  }

  // What changes with a constant, and the synchronizations whose rates it takes to say so.
  void choose_what_varies() {
    const bool all = vanishing_ && vanishing_->earns();  // what takes no time has rates of what leads there
    std::vector<bool> rate_varies(action_rate_.size(), all), rate_wanted(action_rate_.size(), all);
    const auto of_parts = [this](const Synchronization& together) {
      return std::any_of(together.parts.begin(), together.parts.end(),
                         [this](std::uint32_t part) { return part_varies(part); });
    };
    for (const Synchronization& together : model_.synchronizations)
      if (of_parts(together)) rate_varies[slot(together.action)] = true;
    for (const CompiledReward& reward : model_.rewards) {
      items_.emplace_back();
      for (const CompiledRewardItem& item : reward.items) {
        if (!varies(item.derivatives) && !(item.transition && rate_varies[slot(item.action)])) continue;
        items_.back().push_back(&item);
        if (item.transition) rate_wanted[slot(item.action)] = true;
      }
    }
    for (const Synchronization& together : model_.synchronizations)
      if (of_parts(together) || rate_wanted[slot(together.action)]) synchronizations_.push_back(&together);
  }

  const std::uint64_t* words(State state) const {
    return chain_.states.words.empty() ? no_variables_.data() : chain_.states.words.data() + state * width_;
  }

  double evaluate(Entry entry, Place place) {
    const double value = values_.evaluate(entry);
    if (!std::isfinite(value)) values_.fail_in_state(place, fmt::format("a derivative is {}", value));
    return value;
  }

  Varied varied(double value, const CompiledDerivatives& derivatives, Place place) {
    Varied result{value, varies(derivatives)};
    for (std::size_t k = 0; result.varies && k < constants_.count; ++k)
      if (const std::optional<Entry>& entry = derivatives[constants_.first + k])
        result.derivatives[k] = evaluate(*entry, place);
    return result;
  }

  void find_alternatives(std::uint32_t part, Alternatives& found) {
    found.commands = 0;
    found.branches.clear();
    for (const CompiledCommand* command : commands_[part]) {
      if (!values_.holds(command->guard)) continue;
      ++found.commands;
      const std::size_t first = found.branches.size();
      for (const CompiledUpdate& update : command->updates)
        found.branches.push_back({&update, varied(values_.rate(update), update.derivatives, update.place)});
      if (model_.kind == Kind::dtmc) normalise(*command, {found.branches.data() + first, command->updates.size()});
    }
    found.varies = std::any_of(found.branches.begin(), found.branches.end(),
                               [](const VariedBranch& branch) { return branch.rate.varies; });
  }

  // A command's probabilities sum to 1, whatever the constants are.
  void normalise(const CompiledCommand& command, std::span<VariedBranch> branches) {
    constexpr double rounding = 1e-9;
    Varied sum;
    for (const VariedBranch& branch : branches) sum += branch.rate;
    for (std::size_t k = 0; k < constants_.count; ++k) {
      double size = 0;
      for (const VariedBranch& branch : branches) size += std::abs(branch.rate.derivatives[k]);
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

  void add_action_rate(const Synchronization& together, double choices) {
    Varied rate{1 / choices};
    for (const Alternatives& part : parts_) {
      Varied sum;
      for (const VariedBranch& branch : part.branches) sum += branch.rate;
      rate = rate * sum;
    }
    action_rate_[slot(together.action)] += rate;
  }

  // Every combination of branches of the parts from `next` on, after others with this rate.
  void combine(State source, std::size_t next, const Varied& rate, Changes& changes) {
    if (next < parts_.size()) {
      for (const VariedBranch& branch : parts_[next].branches) {
        taken_.push_back(branch.update);
        combine(source, next + 1, rate * branch.rate, changes);
        taken_.pop_back();
      }
      return;
    }
    find_target(source);
    if (vanishing_ && vanishing_->contains(target_.data()))
      leave(source, rate, changes);
    else
      add_change(source, target_.data(), rate, changes);
  }

  // By what takes no time, on to the tangible states: how likely each is does not change with the constants.
  void leave(State source, const Varied& rate, Changes& changes) {
    const Vanished& vanished = vanishing_->leave(target_.data());
    for (std::size_t k = 0; k < vanished.probabilities.size(); ++k)
      add_change(source, &vanished.states[k * width_], rate * Varied{vanished.probabilities[k]}, changes);
    for (std::size_t a = 0; a < vanished.taken.size(); ++a) action_rate_[a] += rate * Varied{vanished.taken[a]};
  }

  void add_change(State source, const std::uint64_t* target, const Varied& rate, Changes& changes) {
    const auto changes_with = [](double derivative) { return derivative != 0; };
    if (std::none_of(rate.derivatives.begin(), rate.derivatives.end(), changes_with)) return;
    const State number = numbers_.find(source, target, width_);
    if (number == StateNumbers::none)
      values_.fail_in_state(taken_.front()->place,
                            "--sensitivity: the rate is 0 and its derivative is not, to a state that is not reached,");
    if (number == source) return;
    for (std::size_t k = 0; k < constants_.count; ++k)
      if (rate.derivatives[k] != 0) changes[k].push_back({source, number, rate.derivatives[k]});
  }

  // The words of the state that the updates which are taken lead to.
  void find_target(State source) {
    std::copy_n(words(source), width_, target_.data());
    for (const CompiledUpdate* update : taken_)
      for (const CompiledAssignment& a : update->assignments)
        model_.packing.set(target_.data(), a.variable, values_.assigned(a));
  }

  const CompiledModel& model_;
  const Constants constants_;
  const Chain& chain_;
  std::size_t width_;
  const std::vector<std::uint64_t> no_variables_;
  std::vector<std::uint64_t> target_;
  StateValues values_;
  StateNumbers numbers_;
  std::vector<std::vector<const CompiledCommand*>> commands_;  // by part
  std::vector<const Synchronization*> synchronizations_;       // whose rates are wanted
  std::vector<std::vector<const CompiledRewardItem*>> items_;  // by reward, those that change with some constant
  std::vector<Alternatives> parts_;                            // of one synchronization
  std::vector<Varied> action_rate_;                            // of each action, and last of what has none
  std::vector<const CompiledUpdate*> taken_;
  std::optional<VanishingStates> vanishing_;  // where some command takes no time
};

// Finds all[k] for these constants.
void differentiate(const CompiledModel& model, Constants constants, const Chain& chain, std::vector<Derivative>& all) {
  const std::size_t n = chain.size(), blocks = block_count(n);
  std::vector<Changes> changes(blocks, Changes(constants.count));
  for_numbered_blocks(n, blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
    StateDerivatives derivatives(model, constants, chain);
    for (std::size_t s = first; s < last; ++s) {
      derivatives.add_changes(static_cast<State>(s), changes[b]);
      for (std::size_t r = 0; r < chain.rewards.size(); ++r) {
        if (derivatives.earns_the_same(r)) continue;
        const auto earned = derivatives.earned(r);
        for (std::size_t k = 0; k < constants.count; ++k) all[constants.first + k].rewards[r][s] = earned[k];
      }
    }
  });
  for (std::size_t k = 0; k < constants.count; ++k) {
    std::vector<Triplet> entries;
    for (Changes& some : changes) {
      entries.insert(entries.end(), some[k].begin(), some[k].end());
      std::vector<Triplet>().swap(some[k]);
    }
    all[constants.first + k].rates = to_csr(n, std::move(entries), Checked::yes);
  }
}

}  // namespace

std::vector<Derivative> differentiate(const CompiledModel& model, const std::vector<std::string>& constants,
                                      const Chain& chain) {
  std::vector<Derivative> all;
  for (const std::string& name : constants)
    all.push_back({name,
                   model.vocabulary->constants.find(name)->second.value,
                   {},
                   std::vector<std::vector<double>>(chain.rewards.size(), std::vector<double>(chain.size()))});
  for (std::size_t first = 0; first < constants.size(); first += at_once)
    differentiate(model, {first, std::min(at_once, constants.size() - first)}, chain, all);
  return all;
}

}  // namespace steady::detail::prism
