// Results of an operation on two nodes of a decision diagram, by the nodes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/base/hash_table.hpp"

namespace steady::detail::prism {

class PairTable {
 public:
  std::size_t size() const { return slots_.size(); }

  // The result for a and b, not both 0; null where there is none yet. Valid until the next add().
  const std::uint32_t* find(std::uint32_t a, std::uint32_t b) const {
    const Slot wanted{key(a, b), 0};
    const Slot& found = slots_.find(hash(wanted), [&](const Slot& slot) { return slot == wanted; });
    return found == Slot{} ? nullptr : &found.result;
  }

  // That there is none for yet.
  void add(std::uint32_t a, std::uint32_t b, std::uint32_t result) {
    const Slot added{key(a, b), result};
    slots_.find(hash(added), [](const Slot&) { return false; }) = added;
    slots_.count_taken(hash);
  }

 private:
  struct Slot {
    std::uint64_t key;  // 0: free
    std::uint32_t result;
    friend bool operator==(const Slot& a, const Slot& b) { return a.key == b.key; }
  };

  static std::uint64_t key(std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} << 32 | b; }
  static std::uint64_t hash(const Slot& slot) { return (slot.key ^ slot.key >> 29) * 0x9E3779B97F4A7C15ull; }

  HashTable<Slot> slots_;
};

}  // namespace steady::detail::prism
