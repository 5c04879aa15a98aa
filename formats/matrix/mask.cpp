#include "formats/matrix/mask.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "formats/error.hpp"
#include "formats/in_parallel.hpp"
#include "formats/matrix/rate_codes.hpp"

namespace steady {
namespace {

constexpr std::int64_t lowest_distance = 1 - static_cast<std::int64_t>(Slices::height);  // column 0 of the last row
constexpr unsigned key_code_bits = 12;
static_assert(RateCodes::most <= std::size_t{1} << key_code_bits);

// Finds the rows of one slice that share a distance and a rate. A hash table with open addressing, used again for
// slice after slice; most rows, though, have the groups of the row before them, entry by entry, and are not looked up.
class Grouping {
 public:
  struct Group {
    std::uint64_t key;  // (distance - lowest_distance) << key_code_bits | code
    std::uint32_t lanes;
  };

  static std::int64_t distance(std::uint64_t key) {
    return static_cast<std::int64_t>(key >> key_code_bits) + lowest_distance;
  }
  static std::uint32_t code(std::uint64_t key) { return key & ((1u << key_code_bits) - 1); }

  // In any order, of rows first .. last.
  std::vector<Group>& of(const Csr& matrix, std::size_t first, std::size_t last, const RateCodes& codes) {
    for (const std::size_t slot : used_) slots_[slot] = {};
    used_.clear();
    groups_.clear();
    row_.clear();
    const std::uint64_t entries = matrix.row_start[last] - matrix.row_start[first];
    if (slots_.size() < 2 * entries) slots_.assign(std::max(std::bit_ceil(2 * entries), std::uint64_t{1024}), 0);
    for (std::size_t i = first, r = 0; i < last; ++i, ++r) {
      const std::uint64_t length = matrix.row_start[i + 1] - matrix.row_start[i];
      if (row_.size() < length) row_.resize(length);
      for (std::uint64_t e = 0, k = matrix.row_start[i]; e < length; ++e, ++k) {
        const std::uint64_t from_lowest = matrix.column[k] + (Slices::height - 1 - r);
        Seen& seen = row_[e];
        if (seen.from_lowest != from_lowest || seen.value != matrix.value[k])
          seen = {from_lowest, matrix.value[k], find(from_lowest << key_code_bits | codes.code(matrix.value[k]))};
        groups_[seen.group].lanes |= std::uint32_t{1} << r;
      }
    }
    return groups_;
  }

 private:
  std::uint32_t find(std::uint64_t key) {
    const std::size_t last_slot = slots_.size() - 1;  // a power of two, less one
    std::size_t slot = key * 0x9E3779B97F4A7C15u >> 32 & last_slot;
    while (slots_[slot] != 0 && groups_[slots_[slot] - 1].key != key) slot = (slot + 1) & last_slot;
    if (slots_[slot] == 0) {
      groups_.push_back({key, 0});
      slots_[slot] = static_cast<std::uint32_t>(groups_.size());
      used_.push_back(slot);
    }
    return slots_[slot] - 1;
  }

  struct Seen {
    std::uint64_t from_lowest = ~std::uint64_t{0};
    double value = 0;
    std::uint32_t group = 0;
  };

  std::vector<std::uint32_t> slots_;  // place in groups_, from 1; 0: free
  std::vector<std::size_t> used_;
  std::vector<Group> groups_;
  std::vector<Seen> row_;  // each entry of the last row that had so many
};

enum class Entries { counted, kept };

struct Conversion {
  Mask mask;           // its entries only where they are kept
  std::string reason;  // empty: it fits
};

Conversion convert(const Csr& matrix, const Slices& slices, Entries entries) {
  const RateCodes codes(matrix.value);
  Conversion result{{}, codes.reason()};
  if (!result.reason.empty()) return result;
  Mask& mask = result.mask;
  mask.rate = codes.rates();
  mask.code_bits = bits_for(mask.rate.size());
  const std::uint64_t distances = std::uint64_t{1} << (32 - mask.code_bits);  // that a word can tell apart
  mask.base_shift = matrix.rows() + Slices::height - 1 <= distances ? 32 : 0;
  mask.base.assign(mask.base_shift == 0 ? slices.count() : 1, lowest_distance);

  // Slice after slice, a stretch of them to each thread.
  struct Stretch {
    std::size_t first = 0, last = 0;
    std::vector<Mask::Entry> entry;
    std::uint64_t widest = 0;
  };
  std::vector<Stretch> stretches(static_cast<std::size_t>(omp_get_max_threads()));
  std::vector<std::uint32_t> count(slices.count());
  in_parallel(stretches.size(), [&](std::size_t part) {
    Stretch& own = stretches[part];
    own.first = slices.count() * part / stretches.size();
    own.last = slices.count() * (part + 1) / stretches.size();
    Grouping grouping;
    for (std::size_t slice = own.first; slice < own.last; ++slice) {
      auto& groups = grouping.of(matrix, slices.row[slice], slices.row[slice + 1], codes);
      count[slice] = static_cast<std::uint32_t>(groups.size());
      if (groups.empty()) continue;
      const auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };
      if (mask.base_shift == 0) {
        const auto [low, high] = std::minmax_element(groups.begin(), groups.end(), by_key);
        mask.base[slice] = Grouping::distance(low->key);
        own.widest = std::max(own.widest, static_cast<std::uint64_t>(Grouping::distance(high->key) - mask.base[slice]));
      }
      if (entries == Entries::counted) continue;
      std::sort(groups.begin(), groups.end(), by_key);
      const std::int64_t base = mask.base[slice >> mask.base_shift];
      for (const auto& [key, lanes] : groups) {
        const auto distance = static_cast<std::uint32_t>(Grouping::distance(key) - base);
        own.entry.push_back({lanes, distance << mask.code_bits | Grouping::code(key)});
      }
    }
  });
  mask.start = mask_starts(count);
  std::uint64_t widest = 0;
  for (const Stretch& own : stretches) widest = std::max(widest, own.widest);
  if (entries == Entries::kept) {
    mask.entry.resize(mask.start.back());
    in_parallel(stretches.size(), [&](std::size_t part) {
      const Stretch& own = stretches[part];
      std::copy(own.entry.begin(), own.entry.end(),
                mask.entry.begin() + static_cast<std::ptrdiff_t>(mask.start[own.first]));
    });
  }
  if (widest >= distances)
    result.reason = fmt::format("{} distinct rates take {} of 32 bits, and the columns of a slice spread over {}",
                                mask.rate.size(), mask.code_bits, widest);
  return result;
}

}  // namespace

std::vector<std::uint64_t> mask_starts(std::span<const std::uint32_t> entries_of_slice) {
  std::vector<std::uint64_t> start{0};
  start.reserve(entries_of_slice.size() + 1);
  for (const std::uint32_t entries : entries_of_slice) start.push_back(start.back() + entries);
  return start;
}

Mask to_mask(const Csr& matrix, const Slices& slices) {
  Conversion conversion = convert(matrix, slices, Entries::kept);
  if (!conversion.reason.empty()) throw Error(fmt::format("storage mask does not fit: {}", conversion.reason));
  return std::move(conversion.mask);
}

Footprint mask_footprint(const Csr& matrix, const Slices& slices) {
  const auto [mask, reason] = convert(matrix, slices, Entries::counted);
  if (!reason.empty()) return {0, reason};
  return {mask.start.size() * sizeof(std::uint64_t) + mask.start.back() * sizeof(Mask::Entry) +
              mask.base.size() * sizeof(std::int64_t) + mask.rate.size() * sizeof(double),
          ""};
}

}  // namespace steady
