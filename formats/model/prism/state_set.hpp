// The states found so far: a hash table of packed words with open addressing, in shards.
//
// Each shard belongs to one thread at a time, so that nothing is locked, and grows by itself, so that old and new
// table are never all in memory at once. With each state goes a 32-bit tag: while states are found, 1 more than the
// transitions that lead to it; then 1 more than its number. Memory: 12 bytes a slot (and 8 more for each further word
// of a state), and 1.4 to 2.1 slots a state.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "formats/error.hpp"
#include "formats/matrix/csr.hpp"

namespace steady::prism {

// Calls use(width) with the words of a state, a constant for the commonest: loops over one word are then no loops.
template <class Use>
void with_width(std::size_t width, Use use) {
  if (width == 1)
    use(std::integral_constant<std::size_t, 1>());
  else
    use(width);
}

class StateSet {
 public:
  static constexpr std::size_t shard_count = 64;

  class Shard {
   public:
    std::size_t size() const { return size_; }

    // Brings the places where the state may be near.
    void prefetch(std::uint64_t hash, std::size_t width) const {
      const std::size_t slot = home(hash);
      __builtin_prefetch(words_.data() + slot * width);
      __builtin_prefetch(tags_.data() + slot);
    }

    // The slot of a state, and whether it was added now, with tag 1.
    std::pair<std::size_t, bool> insert(const std::uint64_t* state, std::uint64_t hash, std::size_t width) {
      if (size_ * 10 >= tags_.size() * 7) grow(width);
      const std::size_t slot = find(state, hash, width);
      if (tags_[slot] != 0) return {slot, false};
      for (std::size_t w = 0; w < width; ++w) words_[slot * width + w] = state[w];
      tags_[slot] = 1;
      ++size_;
      return {slot, true};
    }

    // The slot of a state, or where it would be put.
    std::size_t find(const std::uint64_t* state, std::uint64_t hash, std::size_t width) const {
      std::size_t slot = home(hash);
      while (!same(state, words_.data() + slot * width, width) && tags_[slot] != 0)
        slot = slot + 1 == tags_.size() ? 0 : slot + 1;
      return slot;
    }

    State& tag(std::size_t slot) { return tags_[slot]; }
    State tag(std::size_t slot) const { return tags_[slot]; }

    // Calls f(words) for every state.
    template <class F>
    void for_each(std::size_t width, F f) const {
      for (std::size_t slot = 0; slot < tags_.size(); ++slot)
        if (tags_[slot] != 0) f(words_.data() + slot * width);
    }

   private:
    std::size_t home(std::uint64_t hash) const {
      return static_cast<std::size_t>((static_cast<unsigned __int128>(hash << shard_bits) * tags_.size()) >> 64);
    }

    static bool same(const std::uint64_t* a, const std::uint64_t* b, std::size_t width) {
      std::uint64_t difference = 0;
      for (std::size_t w = 0; w < width; ++w) difference |= a[w] ^ b[w];
      return difference == 0;
    }

    void grow(std::size_t width) {
      Shard larger;
      larger.words_.resize((tags_.size() + tags_.size() / 2) * width);
      larger.tags_.resize(tags_.size() + tags_.size() / 2);
      for (std::size_t slot = 0; slot < tags_.size(); ++slot) {
        if (tags_[slot] == 0) continue;
        const std::uint64_t* state = words_.data() + slot * width;
        const std::size_t to = larger.find(state, hash(state, width), width);
        for (std::size_t w = 0; w < width; ++w) larger.words_[to * width + w] = state[w];
        larger.tags_[to] = tags_[slot];
      }
      words_.swap(larger.words_);
      tags_.swap(larger.tags_);
    }

    friend class StateSet;
    std::vector<std::uint64_t> words_;
    std::vector<State> tags_;  // 0: no state in this slot
    std::size_t size_ = 0;
  };

  explicit StateSet(std::size_t words_per_state) : shards_(shard_count) {
    for (Shard& shard : shards_) {
      shard.words_.resize(16 * words_per_state);
      shard.tags_.resize(16);
    }
  }

  std::size_t size() const {
    std::size_t n = 0;
    for (const Shard& shard : shards_) n += shard.size();
    return n;
  }

  Shard& operator[](std::size_t shard) { return shards_[shard]; }
  const Shard& operator[](std::size_t shard) const { return shards_[shard]; }

  static std::size_t shard_of(std::uint64_t hash) { return hash >> (64 - shard_bits); }

  static std::uint64_t hash(const std::uint64_t* state, std::size_t width) {
    std::uint64_t h = 0x9E3779B97F4A7C15ull;
    for (std::size_t w = 0; w < width; ++w) {
      h = (h ^ state[w]) * 0xBF58476D1CE4E5B9ull;
      h ^= h >> 32;
    }
    h *= 0x94D049BB133111EBull;
    return h ^ (h >> 29);
  }

 private:
  static constexpr std::size_t shard_bits = 6;
  static_assert(shard_count == 1u << shard_bits);

  std::vector<Shard> shards_;
};

}  // namespace steady::prism
