// Numbers for local states: the values that some of the variables have in a state.
//
// What a command does depends on the few variables that it reads. A number for those values is where a table can keep
// the outcome, so that expressions are evaluated once a local state and not once a state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace steady::prism {

class LocalStates {
 public:
  // mask: the bits, in a state's packed words, of the variables.
  explicit LocalStates(const std::vector<std::uint64_t>& mask) : slots_(first_slots, Slot{0, empty}) {
    for (std::size_t w = 0; w < mask.size(); ++w)
      if (mask[w] != 0) parts_.push_back({w, mask[w], 0});
  }

  std::size_t size() const { return size_; }

  // The number of the state's local state, from 0, and whether it is new.
  std::pair<std::uint32_t, bool> number(const std::uint64_t* state) {
    std::uint64_t changed = size_ == 0 ? 1 : 0;
    for (const Part& p : parts_) changed |= (state[p.word] & p.mask) ^ p.last;
    return changed == 0 ? std::pair{last_, false} : find(state);
  }

  void clear() {
    size_ = 0;
    keys_.clear();
    slots_.assign(first_slots, Slot{0, empty});
    shift_ = first_shift;
  }

 private:
  static constexpr std::uint32_t empty = 0xFFFFFFFF;
  static constexpr std::size_t first_slots = 64;
  static constexpr int first_shift = 58;  // 64 bits less those that number so many slots

  struct Part {  // of a packed state
    std::size_t word;
    std::uint64_t mask;
    std::uint64_t last;  // the bits of the state that was numbered last
  };
  struct Slot {
    std::uint64_t hash;  // of one word no two are the same
    std::uint32_t number;
  };

  std::pair<std::uint32_t, bool> find(const std::uint64_t* state) {
    std::uint64_t hash = 0;
    for (Part& p : parts_) {
      p.last = state[p.word] & p.mask;
      hash = (hash ^ hash >> 32 ^ p.last) * 0x9E3779B97F4A7C15ull;
    }
    const std::size_t before = size_;
    last_ = find_or_add(hash);
    return {last_, size_ != before};
  }

  // By the highest bits: the lowest of the product are all 0 where only high bits of the word differ.
  std::size_t home(std::uint64_t hash) const { return hash >> shift_; }

  std::uint32_t find_or_add(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = home(hash);
    for (; slots_[slot].number != empty; slot = (slot + 1) & mask)
      if (slots_[slot].hash == hash && (parts_.size() == 1 || is_last(slots_[slot].number))) return slots_[slot].number;
    const auto number = static_cast<std::uint32_t>(size_++);
    slots_[slot] = {hash, number};
    for (const Part& p : parts_) keys_.push_back(p.last);
    if (size_ * 2 > slots_.size()) grow();
    return number;
  }

  bool is_last(std::uint32_t number) const {
    const std::uint64_t* key = keys_.data() + number * parts_.size();
    return std::all_of(parts_.begin(), parts_.end(), [&](const Part& p) { return p.last == *key++; });
  }

  void grow() {
    std::vector<Slot> smaller(slots_.size() * 2, Slot{0, empty});
    slots_.swap(smaller);
    --shift_;
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& s : smaller) {
      if (s.number == empty) continue;
      std::size_t slot = home(s.hash);
      while (slots_[slot].number != empty) slot = (slot + 1) & mask;
      slots_[slot] = s;
    }
  }

  std::vector<Part> parts_;
  std::vector<std::uint64_t> keys_;  // parts_.size() words a local state
  std::vector<Slot> slots_;          // open addressing, a power of two
  int shift_ = first_shift;
  std::size_t size_ = 0;
  std::uint32_t last_ = 0;
};

}  // namespace steady::prism
