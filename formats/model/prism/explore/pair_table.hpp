// Results of an operation on two nodes of a decision diagram, by the nodes: a hash table with open addressing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace steady::prism {

class PairTable {
 public:
  std::size_t size() const { return size_; }

  // The result for a and b, not both 0; null where there is none yet. Valid until the next add().
  const std::uint32_t* find(std::uint32_t a, std::uint32_t b) const {
    const Slot& found = slots_[slot(key(a, b))];
    return found.key == 0 ? nullptr : &found.result;
  }

  void add(std::uint32_t a, std::uint32_t b, std::uint32_t result) {
    if (2 * ++size_ > slots_.size()) grow();
    slots_[slot(key(a, b))] = {key(a, b), result};
  }

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    std::uint32_t result = 0;
  };

  static std::uint64_t key(std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} << 32 | b; }

  std::size_t slot(std::uint64_t key) const {
    std::size_t k = (key ^ key >> 29) * 0x9E3779B97F4A7C15ull >> shift_;
    while (slots_[k].key != 0 && slots_[k].key != key) k = k + 1 == slots_.size() ? 0 : k + 1;
    return k;
  }

  void grow() {
    std::vector<Slot> before(2 * slots_.size());
    slots_.swap(before);
    --shift_;
    for (const Slot& s : before)
      if (s.key != 0) slots_[slot(s.key)] = s;
  }

  static constexpr int first_bits = 6;

  std::vector<Slot> slots_ = std::vector<Slot>(std::size_t{1} << first_bits);
  std::size_t size_ = 0;
  int shift_ = 64 - first_bits;
};

}  // namespace steady::prism
