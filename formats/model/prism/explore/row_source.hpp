// Where a chain's rows come from: the transitions out of consecutive states, found by several threads.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "formats/model/prism/explore/workers.hpp"

namespace steady::detail::prism {

// A transition to another state.
struct Step {
  State target;
  double rate;
};

// What leaves a state.
struct Row {
  State state;
  std::span<const Step> steps;  // to other states, each once, in any order
  double self_loop = 0;         // 0: none
  double rate_error = 0;        // of the steps' rates, as Chain::rate_error, where the model asks for it
};

// What the state of a row earns, and which labels hold there.
template <class T>
concept Earnings = requires(T& earnings, std::size_t k) {
  { earnings.reward(k) } -> std::convertible_to<double>;
  { earnings.reward_error(k, 0.5) } -> std::convertible_to<double>;  // where the rates are within that, relatively
  { earnings.label(k) } -> std::convertible_to<bool>;
};

// A source calls add(chunk, row, earnings) for each state first..last-1, in ascending order within each of its chunks.
// It returns false where that needs states or rates which it has not; a rate of 0 is dropped.
template <class Source>
concept RowSource = requires(Source& source, const Source& found, std::size_t state) {
  {
    source.for_each(state, state, [](Chunk&, const Row&, Earnings auto&) {})
    } -> std::same_as<bool>;
  { found.chunks() } -> std::same_as<const std::vector<Chunk>&>;
  // Whether some transition was left out because its rate is 0.
  { found.dropped() } -> std::same_as<bool>;
};

}  // namespace steady::detail::prism
