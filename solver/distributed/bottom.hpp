// Which states the chain never leaves for good, by searches over the blocks along its transitions and against them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "solver/distributed/generator.hpp"

namespace steady::detail {

// One mark an own state: 0, or not.
using Marks = std::vector<char>;

// The states that can be reached from one of these, themselves among them.
Marks reached_from(const Generator& q, const std::vector<std::uint64_t>& states);
// Those from which one of the targets can be reached, the targets among them.
Marks leading_to(const Generator& q, Marks targets);

// How many there are, on all ranks.
std::uint64_t count(const Generator& q, const Marks& marks);

// The bottom components of the chain, by the first state of each.
struct BottomComponents {
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t most = 10'000;  // each takes searches of its own through the chain

  std::vector<std::uint32_t> component;  // of each own state; none: it is in no one
  std::vector<std::uint64_t> first;      // state of each, ascending
  std::vector<std::uint64_t> size;       // of each, in states

  std::size_t count() const { return first.size(); }
  std::uint64_t states() const;  // in any of them
};

// Nothing where they are more than `most`. `all_reached_from`: a state from which every other one can be reached.
// `pause`: called by all ranks together between searches; it may throw.
std::optional<BottomComponents> find_bottom_components(
    const Generator& q, std::optional<std::uint64_t> all_reached_from, const std::function<void()>& pause = [] {});

}  // namespace steady::detail
