// Numbers for local states: the values that some of the variables have in a state.
//
// What a command does depends on the few variables that it reads. A number for those values is where a table can keep
// the outcome, so that expressions are evaluated once a local state and not once a state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "formats/base/hash_table.hpp"

namespace steady::detail::prism {

class LocalStates {
 public:
  // mask: the bits, in a state's packed words, of the variables.
  explicit LocalStates(const std::vector<std::uint64_t>& mask) {
    for (std::size_t w = 0; w < mask.size(); ++w)
      if (mask[w] != 0) parts_.push_back({w, mask[w], 0});
  }

  std::size_t size() const { return slots_.size(); }

  // The number of the state's local state, from 0, and whether it is new.
  std::pair<std::uint32_t, bool> number(const std::uint64_t* state) {
    std::uint64_t changed = size() == 0 ? 1 : 0;
    for (const Part& p : parts_) changed |= (state[p.word] & p.mask) ^ p.last;
    return changed == 0 ? std::pair{last_, false} : find(state);
  }

  void clear() {
    keys_.clear();
    slots_.clear();
  }

 private:
  static constexpr std::uint32_t empty = 0xFFFFFFFF;

  struct Part {  // of a packed state
    std::size_t word;
    std::uint64_t mask;
    std::uint64_t last;  // the bits of the state that was numbered last
  };
  struct Slot {
    std::uint64_t hash;  // of one word no two are the same
    std::uint32_t number;
    friend bool operator==(const Slot& a, const Slot& b) { return a.number == b.number; }
  };

  std::pair<std::uint32_t, bool> find(const std::uint64_t* state) {
    std::uint64_t hash = 0;
    for (Part& p : parts_) {
      p.last = state[p.word] & p.mask;
      hash = (hash ^ hash >> 32 ^ p.last) * 0x9E3779B97F4A7C15ull;
    }
    const std::size_t before = size();
    last_ = find_or_add(hash);
    return {last_, size() != before};
  }

  std::uint32_t find_or_add(std::uint64_t hash) {
    Slot& slot = slots_.find(
        hash, [&](const Slot& there) { return there.hash == hash && (parts_.size() == 1 || is_last(there.number)); });
    if (slot.number != empty) return slot.number;
    const auto number = static_cast<std::uint32_t>(size());
    slot = {hash, number};
    for (const Part& p : parts_) keys_.push_back(p.last);
    slots_.count_taken([](const Slot& taken) { return taken.hash; });
    return number;
  }

  bool is_last(std::uint32_t number) const {
    const std::uint64_t* key = keys_.data() + number * parts_.size();
    return std::all_of(parts_.begin(), parts_.end(), [&](const Part& p) { return p.last == *key++; });
  }

  std::vector<Part> parts_;
  std::vector<std::uint64_t> keys_;  // parts_.size() words a local state
  HashTable<Slot, Slot{0, empty}> slots_;
  std::uint32_t last_ = 0;
};

}  // namespace steady::detail::prism
