#include "formats/matrix/mask.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/matrix/rate_codes.hpp"

namespace steady::detail {
namespace {

constexpr std::int64_t lowest_distance = 1 - static_cast<std::int64_t>(Slices::height);  // column 0 of the last row
constexpr unsigned key_code_bits = 12;
static_assert(RateCodes::most <= std::size_t{1} << key_code_bits);

// Finds the rows of one slice that share a distance and a rate. In most rows an entry's group is followed by the one
// that followed it in an earlier row; others are looked up in a hash table. No base/hash_table.hpp:
// between slices, of which there are millions, only the slots that were used are made free.
class SliceGroups {
 public:
  struct Group {
    std::uint64_t from_lowest;  // distance - lowest_distance
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

enum class Entries { counted, kept };

// One part of a matrix in the slices of one thread.
struct Stretch {
  struct Entry {
    std::uint64_t key;  // (distance - lowest_distance) << key_code_bits | code
    std::uint32_t lanes;
  };

  static std::int64_t distance(std::uint64_t key) {
    return static_cast<std::int64_t>(key >> key_code_bits) + lowest_distance;
  }
  static std::uint32_t code(std::uint64_t key) { return key & ((1u << key_code_bits) - 1); }

  SliceGroups grouping;
  RateCodes codes;                   // of this stretch
  std::vector<Entry> entry;          // ascending in key within a slice
  std::vector<std::uint32_t> count;  // of each slice
  std::vector<std::int64_t> lowest;  // distance of each slice
  std::uint64_t widest = 0;          // spread of the distances of a slice

  void end_slice(Entries entries) {
    const std::span<const SliceGroups::Group> groups = grouping.groups();
    const auto begin = static_cast<std::ptrdiff_t>(entry.size());
    for (const SliceGroups::Group& group : groups)
      entry.push_back(
          {group.from_lowest << key_code_bits | codes.insert(std::bit_cast<double>(group.bits)), group.lanes});
    const auto by_key = [](const Entry& a, const Entry& b) { return a.key < b.key; };
    std::sort(entry.begin() + begin, entry.end(), by_key);
    count.push_back(static_cast<std::uint32_t>(groups.size()));
    lowest.push_back(groups.empty() ? lowest_distance : distance(entry[static_cast<std::size_t>(begin)].key));
    if (!groups.empty())
      widest = std::max(widest, static_cast<std::uint64_t>(distance(entry.back().key) - lowest.back()));
    if (entries == Entries::counted) entry.clear();
  }
};

struct Conversion {
  Mask mask;           // its entries only where they are kept
  std::string reason;  // empty: it fits
};

// The stretches of one part, in order, as one. Codes count in the order of first appearance in the whole part, however
// many stretches there are.
Conversion join(std::vector<Stretch*> stretches, std::size_t rows, Entries entries) {
  RateCodes codes;
  std::vector<std::vector<std::uint32_t>> code_of(stretches.size());
  for (std::size_t s = 0; s < stretches.size(); ++s)
    for (const double rate : stretches[s]->codes.rates()) code_of[s].push_back(codes.insert(rate));
  Conversion result{{}, codes.reason()};
  if (!result.reason.empty()) return result;

  Mask& mask = result.mask;
  mask.rate = codes.rates();
  mask.code_bits = bits_for(mask.rate.size());
  const std::uint64_t distances = std::uint64_t{1} << (32 - mask.code_bits);  // that an entry's bits can tell apart
  mask.base_shift = rows + Slices::height - 1 <= distances ? 32 : 0;
  std::vector<std::uint32_t> count;
  for (const Stretch* stretch : stretches) {
    count.insert(count.end(), stretch->count.begin(), stretch->count.end());
    if (mask.base_shift == 0) mask.base.insert(mask.base.end(), stretch->lowest.begin(), stretch->lowest.end());
    if (mask.base_shift == 0 && stretch->widest >= distances)
      result.reason = fmt::format("{} distinct rates take {} of 32 bits, and the columns of a slice spread over {}",
                                  mask.rate.size(), mask.code_bits, stretch->widest);
  }
  if (mask.base_shift != 0) mask.base.assign(1, lowest_distance);
  mask.start = mask_starts(count);
  if (entries == Entries::counted || !result.reason.empty()) return result;

  mask.entry.resize(mask.start.back());
  std::vector<std::size_t> first{0};  // slice of each stretch
  for (const Stretch* stretch : stretches) first.push_back(first.back() + stretch->count.size());
  in_parallel(stretches.size(), [&](std::size_t s) {
    auto from = stretches[s]->entry.cbegin();
    for (std::size_t slice = first[s]; slice < first[s + 1]; ++slice) {
      const auto begin = mask.entry.begin() + static_cast<std::ptrdiff_t>(mask.start[slice]);
      const auto end = mask.entry.begin() + static_cast<std::ptrdiff_t>(mask.start[slice + 1]);
      const std::int64_t base = mask.base[slice >> mask.base_shift];
      for (auto to = begin; to != end; ++to, ++from) {
        const auto distance = static_cast<std::uint32_t>(Stretch::distance(from->key) - base);
        *to = {from->lanes, distance << mask.code_bits | code_of[s][Stretch::code(from->key)]};
      }
      const auto by_bits = [](const Mask::Entry& a, const Mask::Entry& b) { return a.bits < b.bits; };
      if (!std::is_sorted(begin, end, by_bits)) std::sort(begin, end, by_bits);
    }
  });
  return result;
}

// An entry of a row, with the part of the matrix that it belongs to.
struct Fetched {
  double value;
  State column;
  State part;
};

// `rows(row, add)` calls add(part, column, value) for each entry of a row; `length(row)`: how many these are.
template <std::size_t parts, class Rows, class Length>
std::array<Conversion, parts> convert(const Slices& slices, Rows rows, Length length, Entries entries) {
  // Slice after slice, a stretch of them to each thread.
  const auto threads = static_cast<std::size_t>(omp_get_max_threads());
  std::vector<std::array<Stretch, parts>> stretches(threads);
  in_parallel(threads, [&](std::size_t thread) {
    std::array<Stretch, parts>& own = stretches[thread];
    const std::size_t first = slices.count() * thread / threads, last = slices.count() * (thread + 1) / threads;
    std::vector<Fetched> fetched;
    if (entries == Entries::kept) {
      std::uint64_t all = 0;  // most of it is never touched
      for (std::size_t i = slices.row[first]; i < slices.row[last]; ++i) all += length(i);
      for (Stretch& stretch : own) stretch.entry.reserve(all / 2);
    }
    for (std::size_t slice = first; slice < last; ++slice) {
      // Rows that lie far apart come from memory several at a time only where nothing is decided in between.
      std::uint64_t most = 0;
      for (std::size_t i = slices.row[slice]; i < slices.row[slice + 1]; ++i) most += length(i);
      fetched.resize(most);
      Fetched* next = fetched.data();
      for (std::size_t i = slices.row[slice]; i < slices.row[slice + 1]; ++i)
        rows(i, [&](State part, State column, double value) { *next++ = {value, column, part}; });

      for (Stretch& stretch : own) stretch.grouping.begin_slice(most);
      const Fetched* entry = fetched.data();
      for (std::size_t i = slices.row[slice], r = 0; i < slices.row[slice + 1]; ++i, ++r) {
        for (Stretch& stretch : own) stretch.grouping.begin_row(r);
        for (const Fetched* const end = entry + length(i); entry != end; ++entry)
          own[entry->part].grouping.add(entry->column, entry->value);
      }
      for (Stretch& stretch : own) {
        stretch.end_slice(entries);
        if (stretch.codes.too_many()) return;
      }
    }
  });
  std::array<Conversion, parts> result;
  for (std::size_t part = 0; part < parts; ++part) {
    std::vector<Stretch*> of_part;
    for (auto& own : stretches) of_part.push_back(&own[part]);
    result[part] = join(of_part, slices.rows(), entries);
  }
  return result;
}

Conversion convert(const Csr& matrix, const Slices& slices, Entries entries) {
  const auto rows = [&](std::size_t i, auto add) {
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
      add(0, matrix.column[k], matrix.value[k]);
  };
  const auto length = [&](std::size_t i) { return matrix.row_start[i + 1] - matrix.row_start[i]; };
  return convert<1>(slices, rows, length, entries)[0];
}

Mask taken(Conversion conversion) {
  if (!conversion.reason.empty()) throw Error(fmt::format("storage mask does not fit: {}", conversion.reason));
  return std::move(conversion.mask);
}

}  // namespace

std::vector<std::uint64_t> mask_starts(std::span<const std::uint32_t> entries_of_slice) {
  std::vector<std::uint64_t> start{0};
  start.reserve(entries_of_slice.size() + 1);
  for (const std::uint32_t entries : entries_of_slice) start.push_back(start.back() + entries);
  return start;
}

Mask to_mask(const Csr& matrix, const Slices& slices) { return taken(convert(matrix, slices, Entries::kept)); }

SplitMask to_split_mask(const Csr& inflow, const LevelOrder& order, const Slices& slices) {
  const std::vector<State> position = positions(order);
  const auto rows = [&](std::size_t p, auto add) {
    const State i = order.order[p];
    for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + std::size_t{1}]; ++k)
      add(earlier(inflow.column[k], i, order.direction) ? 0 : 1, position[inflow.column[k]], inflow.value[k]);
  };
  const auto length = [&](std::size_t p) {
    return inflow.row_start[order.order[p] + std::size_t{1}] - inflow.row_start[order.order[p]];
  };
  auto [before, after] = convert<2>(slices, rows, length, Entries::kept);
  return {taken(std::move(before)), taken(std::move(after))};
}

Footprint mask_footprint(const Csr& matrix, const Slices& slices) {
  const auto [mask, reason] = convert(matrix, slices, Entries::counted);
  if (!reason.empty()) return {0, reason};
  return {mask.start.size() * sizeof(std::uint64_t) + mask.start.back() * sizeof(Mask::Entry) +
              mask.base.size() * sizeof(std::int64_t) + mask.rate.size() * sizeof(double),
          ""};
}

}  // namespace steady::detail
