// Which state is kept next.
#pragma once

#include <cstddef>
#include <queue>
#include <utility>
#include <vector>

#include "formats/model/prism/explore/growing_states.hpp"

namespace steady::detail {

// Keeps states, those of the largest inflow first, each of which passes on what flows into it.
class BestFirst {
 public:
  explicit BestFirst(prism::GrowingStates& states) : states_(states), inflow_(states.size()) {}

  void add(State s, double flow) {
    if (states_.is_kept(s)) return;
    if (inflow_.size() < states_.size()) inflow_.resize(states_.size());
    inflow_[s] += flow;
    queue_.emplace(inflow_[s], s);
  }

  // Until so many are kept, or no other can be reached; adds what their probability is about.
  void keep(std::size_t wanted, std::vector<double>& probability) {
    while (states_.kept().size() < wanted && !queue_.empty()) {
      const auto [flow, s] = queue_.top();
      queue_.pop();
      if (states_.is_kept(s)) continue;
      states_.expand(s);
      double exit_rate = 0;
      for (const auto& [target, rate] : states_.transitions(s)) exit_rate += rate;
      for (const auto& [target, rate] : states_.transitions(s)) add(target, flow * rate / exit_rate);
      probability.resize(states_.size());
      probability[s] = exit_rate > 0 ? flow / exit_rate : flow;
    }
  }

 private:
  prism::GrowingStates& states_;
  std::vector<double> inflow_;  // by state
  std::priority_queue<std::pair<double, State>> queue_;
};

}  // namespace steady::detail
