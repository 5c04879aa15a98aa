// The entries of one slice of a mask (mask.hpp), found from its rows.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <steady/csr.hpp>

#include "formats/matrix/slices.hpp"

namespace steady::detail {

// Finds the rows of one slice that share a distance and a rate. In most rows an entry's group is followed by the one
// that followed it in an earlier row; others are looked up in a hash table. No base/hash_table.hpp:
// between slices, of which there are millions, only the slots that were used are made free.
class SliceGroups {
 public:
  struct Group {
    std::uint64_t from_lowest;  // the distance, less the lowest: of column 0 from the last row
    std::uint64_t bits;         // of the rate
    std::uint32_t lanes;
    std::uint32_t next;  // place of the group that followed last time; 0: none yet
  };

  void begin_slice(std::uint64_t most_entries) {
    for (const std::size_t slot : used_) slots_[slot] = 0;
    used_.clear();
    groups_.assign(1, {~std::uint64_t{0}, 0, 0, 0});
    if (slots_.size() < 2 * most_entries)
      slots_.assign(std::max(std::bit_ceil(2 * most_entries), std::uint64_t{1024}), 0);
  }

  void begin_row(std::size_t row_of_slice) {
    lane_ = row_of_slice;
    last_ = 0;
  }

  void add(State column, double value) {
    const std::uint64_t from_lowest = column + (Slices::height - 1 - lane_);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    std::uint32_t place = groups_[last_].next;
    if (!is(groups_[place], from_lowest, bits)) place = groups_[last_].next = find(from_lowest, bits);
    groups_[place].lanes |= std::uint32_t{1} << lane_;
    last_ = place;
  }

  // Of the slice, in any order.
  std::span<const Group> groups() const { return std::span(groups_).subspan(1); }

 private:
  // Both at once: one branch.
  static bool is(const Group& group, std::uint64_t from_lowest, std::uint64_t bits) {
    return ((group.from_lowest ^ from_lowest) | (group.bits ^ bits)) == 0;
  }

  std::uint32_t find(std::uint64_t from_lowest, std::uint64_t bits) {
    const std::size_t last_slot = slots_.size() - 1;  // a power of two, less one
    const std::uint64_t mixed = (from_lowest * 0x9E3779B97F4A7C15u ^ bits) * 0x9E3779B97F4A7C15u;
    std::size_t slot = mixed >> (64 - std::bit_width(last_slot));
    while (slots_[slot] != 0 && !is(groups_[slots_[slot]], from_lowest, bits)) slot = (slot + 1) & last_slot;
    if (slots_[slot] == 0) {
      slots_[slot] = static_cast<std::uint32_t>(groups_.size());
      used_.push_back(slot);
      groups_.push_back({from_lowest, bits, 0, 0});
    }
    return slots_[slot];
  }

  std::vector<std::uint32_t> slots_;  // place in groups_; 0: free
  std::vector<std::size_t> used_;
  std::vector<Group> groups_ = {{}};  // one that is none, then those of the slice
  std::size_t lane_ = 0;
  std::uint32_t last_ = 0;  // place of the row's last group
};

}  // namespace steady::detail
