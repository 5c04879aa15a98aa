// The states found so far, numbered in the order of their insertion: packed words one state after another, and a hash
// table of 32-bit numbers with open addressing. No allocation a state: about 8 bytes a word and 6 to 12 a slot.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "formats/error.hpp"
#include "formats/matrix/csr.hpp"

namespace steady::prism {

class StateSet {
 public:
  explicit StateSet(std::size_t words_per_state) : width_(words_per_state), slots_(1024, empty) {}

  std::size_t size() const { return size_; }
  const std::uint64_t* operator[](std::size_t state) const { return words_.data() + state * width_; }
  std::vector<std::uint64_t>&& take_words() { return std::move(words_); }

  std::uint64_t hash(const std::uint64_t* state) const {
    std::uint64_t h = 0x9E3779B97F4A7C15ull;
    for (std::size_t k = 0; k < width_; ++k) {
      h = (h ^ state[k]) * 0xBF58476D1CE4E5B9ull;
      h ^= h >> 32;
    }
    h *= 0x94D049BB133111EBull;
    return h ^ (h >> 29);
  }

  // Bring the hash's place in the table near, and then the state that is there, so that several insertions wait for
  // the memory together.
  void prefetch_slot(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]); }
  void prefetch_state(std::uint64_t hash) const {
    const State state = slots_[hash & (slots_.size() - 1)];
    if (state != empty) __builtin_prefetch((*this)[state]);
  }

  // The state's number, and whether it is new. Throws Error for more states than a 32-bit number holds.
  std::pair<State, bool> insert(const std::uint64_t* state, std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    for (; slots_[slot] != empty; slot = (slot + 1) & mask)
      if (same(state, (*this)[slots_[slot]])) return {slots_[slot], false};
    if (size_ >= empty - 1) throw Error("the model has more than 2^32 - 2 states", Error::Cause::machine);
    const auto number = static_cast<State>(size_++);
    slots_[slot] = number;
    words_.insert(words_.end(), state, state + width_);
    if (size_ * 10 > slots_.size() * 6) grow();
    return {number, true};
  }

 private:
  static constexpr State empty = 0xFFFFFFFF;

  bool same(const std::uint64_t* a, const std::uint64_t* b) const {
    std::uint64_t difference = 0;
    for (std::size_t k = 0; k < width_; ++k) difference |= a[k] ^ b[k];
    return difference == 0;
  }

  void grow() {
    slots_.assign(slots_.size() * 2, empty);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t s = 0; s < size_; ++s) {
      std::size_t slot = hash((*this)[s]) & mask;
      while (slots_[slot] != empty) slot = (slot + 1) & mask;
      slots_[slot] = static_cast<State>(s);
    }
  }

  std::size_t width_;
  std::size_t size_ = 0;
  std::vector<std::uint64_t> words_;
  std::vector<State> slots_;  // a power of two; a state's number or `empty`
};

}  // namespace steady::prism
