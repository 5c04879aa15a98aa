// What follows a tangible state, with the vanishing states on the way left out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "formats/base/relative_error.hpp"
#include "formats/model/prism/explore/vanishing_states.hpp"

namespace steady::detail::prism {

class TangibleSuccessors {
 public:
  explicit TangibleSuccessors(const CompiledModel& model) : width_(model.words()), vanishing_states_(model) {}

  // Of the tangible state that `from` has expanded. Throws Error as VanishingStates::leave().
  void find(const std::uint64_t* state, Successors& from) {
    targets_.clear();
    rates_.clear();
    if (vanishing_states_.earns()) action_rates_ = from.action_rates();
    error_ = taken_error_ = 0;
    additions_ = 2 * static_cast<double>(from.count());
    for (std::size_t k = 0; k < from.count(); ++k) {
      if (from.rate(k) > 0 && vanishing_states_.contains(from.target(k), state)) {
        leave(from.target(k), from.rate(k));
      } else {
        targets_.insert(targets_.end(), from.target(k), from.target(k) + width_);
        rates_.push_back(from.rate(k));
      }
    }
  }

  // As of Successors.
  std::size_t count() const { return rates_.size(); }
  const std::uint64_t* target(std::size_t k) const { return targets_.data() + k * width_; }
  double rate(std::size_t k) const { return rates_[k]; }
  // With those on the way; empty where no reward is for an action.
  const std::vector<double>& action_rates() const { return action_rates_; }

  double error() const { return error_; }  // at most, of what rates were multiplied by, relatively
  // At most, of action_rates(), each transition's rate being within the relative error.
  double taken_error(double rate_error) const { return summed(compounded(rate_error, taken_error_), additions_); }

 private:
  void leave(const std::uint64_t* state, double rate) {
    const Vanished& vanished = vanishing_states_.leave(state);
    targets_.insert(targets_.end(), vanished.states.begin(), vanished.states.end());
    for (const double probability : vanished.probabilities) rates_.push_back(rate * probability);
    for (std::size_t a = 0; a < vanished.taken.size(); ++a) action_rates_[a] += rate * vanished.taken[a];
    error_ = std::max(error_, compounded(vanished.error, half_unit));
    taken_error_ = std::max(taken_error_, compounded(vanished.taken_error, half_unit));
  }

  std::size_t width_;
  VanishingStates vanishing_states_;
  std::vector<std::uint64_t> targets_;
  std::vector<double> rates_;
  std::vector<double> action_rates_;
  double error_ = 0, taken_error_ = 0;
  double additions_ = 0;  // at most, of each of action_rates_
};

}  // namespace steady::detail::prism
