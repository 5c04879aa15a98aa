#include "formats/model/prism/explore/vanishing_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/base/memory.hpp"
#include "formats/base/relative_error.hpp"
#include "formats/base/with_commas.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t most_kept = 1 << 20;  // words of states
constexpr std::uint32_t tangible_bit = 0x80000000;

bool rewards_actions(const CompiledModel& model) {
  return std::any_of(model.rewards.begin(), model.rewards.end(), [](const CompiledReward& reward) {
    return std::any_of(reward.items.begin(), reward.items.end(),
                       [](const CompiledRewardItem& item) { return item.transition; });
  });
}

// Of a weight divided by the sum of `count` weights of this error.
double probability_error(double weights, std::size_t count) {
  const double sum = summed(weights, static_cast<double>(count) - 1);
  if (!(sum < 1)) return INFINITY;
  return compounded(compounded(weights, divide_up(sum, 1 - sum)), half_unit);
}

}  // namespace

VanishingStates::VanishingStates(const CompiledModel& model)
    : model_(model),
      width_(model.words()),
      earns_(rewards_actions(model)),
      successors_(model),
      known_(model.all_bits()),
      vanishing_(model.all_bits()),
      tangible_(model.all_bits()) {}

const Vanished& VanishingStates::leave(const std::uint64_t* state) {
  if (follow(state)) return certain_;
  if (kept_ > most_kept) {
    known_.clear();
    found_.clear();
    kept_ = 0;
  }
  const auto [number, added] = known_.number(state);
  if (!added) return found_[number];
  found_.push_back(find(state));
  kept_ += found_.back().states.size() + found_.back().taken.size() + width_;
  return found_.back();
}

// Whether a few steps, each of which is certain, lead to a tangible state, and nobody asks what is taken on the way:
// then nothing need be eliminated, nor kept.
bool VanishingStates::follow(const std::uint64_t* start) {
  constexpr int most_steps = 8;
  if (earns_) return false;
  certain_.states.assign(start, start + width_);
  for (int step = 0; step < most_steps; ++step) {
    successors_.expand(certain_.states.data());
    std::size_t only = successors_.count();
    for (std::size_t k = 0; k < successors_.count(); ++k) {
      if (!(successors_.rate(k) > 0)) continue;
      if (only < successors_.count() || !std::isfinite(successors_.rate(k))) return false;
      only = k;
    }
    if (only == successors_.count()) return false;
    std::copy_n(successors_.target(only), width_, certain_.states.begin());
    if (!successors_.vanishing(certain_.states.data())) return true;
  }
  return false;
}

Vanished VanishingStates::find(const std::uint64_t* start) {
  vanishing_.clear();
  tangible_.clear();
  tangible_words_.clear();
  graph_ = {};
  taken_.clear();
  vanishing_.number(start);
  vanishing_words_.assign(start, start + width_);
  while (graph_.nodes() < vanishing_.size()) expand();
  for (ProbableStep& step : graph_.steps)
    if ((step.to & tangible_bit) != 0) step.to = (step.to & ~tangible_bit) + static_cast<std::uint32_t>(graph_.nodes());
  const Visits visited = visits();
  Vanished result{tangible_words_, std::vector<double>(tangible_.size()), {}};
  std::vector<double> additions(tangible_.size());
  for (std::size_t k = 0; k < graph_.nodes(); ++k)
    for (const ProbableStep& step : graph_.of(k)) {
      if (step.to < graph_.nodes()) continue;
      result.probabilities[step.to - graph_.nodes()] += visited.count[k] * step.probability;
      result.error = std::max(result.error, compounded(compounded(visited.error[k], graph_.error[k]), half_unit));
      additions[step.to - graph_.nodes()] += 1;
    }
  result.error = summed(result.error, *std::max_element(additions.begin(), additions.end()));
  if (earns_) add_taken(visited, result);
  return result;
}

void VanishingStates::add_taken(const Visits& visited, Vanished& result) const {
  result.taken.resize(model_.actions.size() + 1);
  for (std::size_t k = 0; k < taken_.size(); ++k) {
    for (std::size_t a = 0; a < result.taken.size(); ++a) result.taken[a] += visited.count[k] * taken_[k].rates[a];
    result.taken_error =
        std::max(result.taken_error, compounded(compounded(visited.error[k], taken_[k].error), half_unit));
  }
  result.taken_error = summed(result.taken_error, static_cast<double>(taken_.size()));
}

// Makes a node of the first vanishing state that is not yet one.
void VanishingStates::expand() {
  successors_.expand(&vanishing_words_[graph_.nodes() * width_]);
  double total = 0;
  std::size_t count = 0;
  for (std::size_t k = 0; k < successors_.count(); ++k) {
    total += successors_.rate(k);
    if (successors_.rate(k) > 0) ++count;
  }
  if (!(total > 0)) successors_.fail_here("the weights of all that is immediate are 0");
  if (!std::isfinite(total)) successors_.fail_here("the weights of what is immediate sum to more than any number");
  graph_.error.push_back(model_.rate_errors ? probability_error(successors_.rate_error(), count) : 0);
  if (earns_) {
    taken_.push_back({successors_.action_rates(), summed(graph_.error.back(), static_cast<double>(count))});
    for (double& rate : taken_.back().rates) rate /= total;
  }
  std::vector<std::uint64_t> targets;
  std::vector<double> probabilities;
  for (std::size_t k = 0; k < successors_.count(); ++k) {
    if (!(successors_.rate(k) > 0)) continue;
    targets.insert(targets.end(), successors_.target(k), successors_.target(k) + width_);
    probabilities.push_back(successors_.rate(k) / total);
  }
  add_steps(targets, probabilities);
}

// From the first state that is not yet a node, which then is one.
void VanishingStates::add_steps(const std::vector<std::uint64_t>& targets, const std::vector<double>& probabilities) {
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    const std::uint64_t* target = &targets[k * width_];
    const bool vanishes = successors_.vanishing(target);
    const auto [number, added] = (vanishes ? vanishing_ : tangible_).number(target);
    std::vector<std::uint64_t>& words = vanishes ? vanishing_words_ : tangible_words_;
    if (added) words.insert(words.end(), target, target + width_);
    graph_.steps.push_back({vanishes ? number : number | tangible_bit, probabilities[k]});
  }
  graph_.first.push_back(graph_.steps.size());
  if (graph_.nodes() % 1024 == 0) require_room(0);
}

// For what was found, and for the elimination of a component of so many states.
void VanishingStates::require_room(std::size_t component) const {
  const auto states =
      static_cast<double>(vanishing_words_.size() + tangible_words_.size()) / static_cast<double>(width_);
  const double bytes = states * (24.0 * static_cast<double>(width_) + 80) +
                       static_cast<double>(graph_.steps.size()) * sizeof(ProbableStep) +
                       8.0 * static_cast<double>(component) * static_cast<double>(component);
  require_memory(
      model_.vocabulary->source->name,
      fmt::format("a chain of {} vanishing states in a row, and perhaps more to come,", with_commas(graph_.nodes())),
      bytes, model_.memory_limit);
}

Visits VanishingStates::visits() try {
  require_room(largest_component(graph_));
  return prism::visits(graph_);
} catch (const Trap& trap) {
  successors_.expand(&vanishing_words_[trap.node * width_]);
  successors_.fail_here("what is immediate follows one another for ever, and no time passes (a time trap),");
}

}  // namespace steady::detail::prism
