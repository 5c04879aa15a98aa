// Hash tables with open addressing, for what is looked up too often for a node a key.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace steady::detail {

// Linear probing in a power of two of slots, at most half of which are taken. A slot is a small value, one of which
// says that it is free; it may be the number of what is kept elsewhere. Nothing is ever taken out but all at once.
template <class Slot, Slot free = Slot{}>
class HashTable {
 public:
  HashTable() : HashTable(64) {}
  explicit HashTable(std::size_t slots) : slots_(slots, free), shift_(64 - std::countr_zero(slots)) {}

  std::size_t size() const { return size_; }  // slots taken

  // Frees all slots, and the memory of more than a few.
  void clear() {
    constexpr std::size_t few = 256;
    if (slots_.size() > few) {
      *this = HashTable();
      return;
    }
    std::fill(slots_.begin(), slots_.end(), free);
    size_ = 0;
  }

  // The slot for which is(slot), or the free one where it belongs. The hash's highest bits have to differ; of the same
  // key it is always the same.
  template <class Is>
  const Slot& find(std::uint64_t hash, Is is) const {
    return slots_[place(hash, is)];
  }
  template <class Is>
  Slot& find(std::uint64_t hash, Is is) {
    return slots_[place(hash, is)];
  }

  // To be said after a free slot was written to. References to slots end here. hash_of(slot): as it was found by.
  template <class HashOf>
  void count_taken(HashOf hash_of) {
    if (2 * ++size_ > slots_.size()) grow(hash_of);
  }

 private:
  template <class Is>
  std::size_t place(std::uint64_t hash, Is is) const {
    std::size_t k = hash >> shift_;
    while (!(slots_[k] == free) && !is(slots_[k])) k = (k + 1) & (slots_.size() - 1);
    return k;
  }

  template <class HashOf>
  void grow(HashOf hash_of) {
    std::vector<Slot> before(2 * slots_.size(), free);
    slots_.swap(before);
    --shift_;
    for (const Slot& slot : before)
      if (!(slot == free)) slots_[place(hash_of(slot), [](const Slot&) { return false; })] = slot;
  }

  std::vector<Slot> slots_;
  int shift_;  // of a hash, to the place where the search begins
  std::size_t size_ = 0;
};

}  // namespace steady::detail
