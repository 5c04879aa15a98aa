// Numbers of an MDD's states that need more than 32 bits: a state's number is how many come before it in ascending
// lexicographic order, as everywhere. Either is found from the other by one walk from the root, without a list of the
// states.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/model/prism/explore/state_mdd.hpp"

namespace steady::detail::prism {

class MddNumbers {
 public:
  static constexpr std::uint64_t none = static_cast<std::uint64_t>(-1);

  // Both must outlive this object. Throws StateMdd::TooLarge where the states are too many to be numbered.
  MddNumbers(const StateMdd& mdd, const Packing& packing);

  std::uint64_t states() const { return states_; }
  // The number of a packed state; none where it is not in the MDD.
  std::uint64_t number(const std::uint64_t* state) const;
  // Packs the state with the number, which must be below states().
  void find(std::uint64_t number, std::uint64_t* state) const;

 private:
  const StateMdd& mdd_;
  const Packing& packing_;
  std::vector<std::size_t> first_;     // of each node, in before_
  std::vector<std::uint64_t> before_;  // of each value of a node's variable: states of the node with a smaller one
  std::uint64_t states_ = 0;
};

}  // namespace steady::detail::prism
