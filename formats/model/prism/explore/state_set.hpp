// The states found so far: a hash table of packed words with open addressing, in shards.
//
// Each shard belongs to one thread at a time, so that nothing is locked, and grows by itself, so that old and new
// table are never all in memory at once. With each state goes the number of transitions that lead to it. A look-up
// waits for the memory once: a slot is a few 32-bit numbers in a row, the tag (0: no state, else 1 more than that
// number of transitions) and the state's words. Memory: 12 bytes a slot (and 8 more for each further word of a state),
// and 1.7 to 2.5 slots a state. No base/hash_table.hpp: a slot's size is known at run time only, and tables that
// doubled would take half as much memory again.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include <steady/csr.hpp>
#include <steady/error.hpp>

namespace steady::detail::prism {

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

    // Brings the place where the state may be near.
    void prefetch(std::uint64_t hash, std::size_t width) const {
      __builtin_prefetch(slots_.data() + home(hash) * numbers(width));
    }

    // Adds the state, unless it is there, and counts transitions that lead to it. Whether it was added.
    bool insert(const std::uint64_t* state, std::uint64_t hash, std::size_t width, std::uint32_t transitions) {
      if (size_ * 10 >= count_ * 6) grow(width);
      std::uint32_t* slot = slots_.data() + find(state, hash, width) * numbers(width);
      const bool added = slot[0] == 0;
      if (added) {
        slot[0] = 1;
        std::memcpy(slot + 1, state, 8 * width);
        ++size_;
      }
      slot[0] += transitions;
      return added;
    }

    // How many transitions lead to a state that is there.
    std::uint32_t incoming(const std::uint64_t* state, std::uint64_t hash, std::size_t width) const {
      return slots_[find(state, hash, width) * numbers(width)] - 1;
    }

    // Copies every state's words, one after another.
    void copy(std::size_t width, std::uint64_t* to) const {
      for (const std::uint32_t* slot = slots_.data(); slot != slots_.data() + slots_.size(); slot += numbers(width)) {
        if (slot[0] == 0) continue;
        std::memcpy(to, slot + 1, 8 * width);
        to += width;
      }
    }

   private:
    static std::size_t numbers(std::size_t width) { return 1 + 2 * width; }

    std::size_t home(std::uint64_t hash) const {
      return static_cast<std::size_t>((static_cast<unsigned __int128>(hash << shard_bits) * count_) >> 64);
    }

    // The slot of a state, or where it would be put.
    std::size_t find(const std::uint64_t* state, std::uint64_t hash, std::size_t width) const {
      std::size_t slot = home(hash);
      for (;;) {
        const std::uint32_t* numbers_there = slots_.data() + slot * numbers(width);
        if (same(state, numbers_there + 1, width) || numbers_there[0] == 0) return slot;
        slot = slot + 1 == count_ ? 0 : slot + 1;
      }
    }

    static bool same(const std::uint64_t* state, const std::uint32_t* words, std::size_t width) {
      std::uint64_t difference = 0;
      for (std::size_t w = 0; w < width; ++w) {
        std::uint64_t word;
        std::memcpy(&word, words + 2 * w, 8);
        difference |= state[w] ^ word;
      }
      return difference == 0;
    }

    void reserve(std::size_t count, std::size_t width) {
      count_ = count;
      slots_.assign(count * numbers(width), 0);
    }

    void grow(std::size_t width) {
      Shard larger;
      larger.reserve(count_ + count_ / 2, width);
      std::vector<std::uint64_t> state(width);
      for (const std::uint32_t* slot = slots_.data(); slot != slots_.data() + slots_.size(); slot += numbers(width)) {
        if (slot[0] == 0) continue;
        std::memcpy(state.data(), slot + 1, 8 * width);
        larger.insert(state.data(), hash(state.data(), width), width, slot[0] - 1);
      }
      *this = std::move(larger);
    }

    friend class StateSet;
    std::vector<std::uint32_t> slots_;
    std::size_t count_ = 0;  // of slots
    std::size_t size_ = 0;   // of states
  };

  explicit StateSet(std::size_t words_per_state) : width_(words_per_state), shards_(shard_count) {
    for (Shard& shard : shards_) shard.reserve(16, width_);
  }

  std::size_t size() const {
    std::size_t n = 0;
    for (const Shard& shard : shards_) n += shard.size();
    return n;
  }

  std::size_t bytes() const {
    std::size_t bytes = 0;
    for (const Shard& shard : shards_) bytes += shard.slots_.size() * sizeof(std::uint32_t);
    return bytes;
  }

  Shard& operator[](std::size_t shard) { return shards_[shard]; }
  const Shard& operator[](std::size_t shard) const { return shards_[shard]; }

  void prefetch(const std::uint64_t* state) const {
    const std::uint64_t h = hash(state, width_);
    shards_[shard_of(h)].prefetch(h, width_);
  }
  std::uint32_t incoming(const std::uint64_t* state) const {
    const std::uint64_t h = hash(state, width_);
    return shards_[shard_of(h)].incoming(state, h, width_);
  }

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

  std::size_t width_;
  std::vector<Shard> shards_;
};

}  // namespace steady::detail::prism
