// Lists of items, one a bucket, in blocks that all buckets of an object share: what one bucket no longer needs, another
// has next time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace steady::detail::prism {

template <class Item, std::size_t buckets>
class Buckets {
 public:
  Buckets() { clear(); }

  void clear() {
    used_ = 0;
    first_.fill(none);
    end_.fill(0);
  }

  // Items, in all.
  std::size_t size() const {
    std::size_t free = 0;
    for (const std::size_t end : end_) free += (room - end % room) % room;
    return used_ * room - free;
  }

  void add(std::size_t bucket, const Item& item) {
    std::size_t& end = end_[bucket];
    if (end % room == 0) end = append_block(bucket) * room;
    items_[end++] = item;
  }

  // Calls use(items) for one run of the bucket's items after another, in the order in which they were added, until it
  // returns false. Whether it never did.
  template <class Use>
  bool for_each_run(std::size_t bucket, Use use) const {
    for (std::uint32_t b = first_[bucket]; b != none; b = next_[b]) {
      const std::size_t count = next_[b] == none ? end_[bucket] - b * room : room;
      if (!use(std::span<const Item>(items_.data() + b * room, count))) return false;
    }
    return true;
  }

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  static constexpr std::size_t room = 32;  // of a block

  // The number of a block for what comes next in the bucket.
  std::uint32_t append_block(std::size_t bucket) {
    if (used_ == next_.size()) {
      next_.push_back(none);
      items_.resize(next_.size() * room);
    }
    const auto last = static_cast<std::uint32_t>(end_[bucket] / room) - 1;
    (first_[bucket] == none ? first_[bucket] : next_[last]) = used_;
    next_[used_] = none;
    return used_++;
  }

  std::vector<Item> items_;                   // block after block
  std::vector<std::uint32_t> next_;           // block of the same bucket, of each block
  std::uint32_t used_;                        // blocks
  std::array<std::uint32_t, buckets> first_;  // block of each bucket
  std::array<std::size_t, buckets> end_;      // place of each bucket's next item, unless its last block is full
};

}  // namespace steady::detail::prism
