#include "formats/matrix/mask.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/matrix/rate_codes.hpp"
#include "formats/matrix/slice_groups.hpp"

namespace steady::detail {
namespace {

constexpr std::int64_t lowest_distance = 1 - static_cast<std::int64_t>(Slices::height);  // column 0 of the last row
constexpr unsigned key_code_bits = 12;
static_assert(RateCodes::most <= std::size_t{1} << key_code_bits);

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

// The codes of all stretches of a part as those of one table, whose rates are sorted by their bits: the same table in
// whatever order slices are converted.
struct JoinedCodes {
  explicit JoinedCodes(const std::vector<Stretch*>& stretches) : of(stretches.size()) {
    RateCodes codes;
    for (std::size_t s = 0; s < stretches.size(); ++s)
      for (const double found : stretches[s]->codes.rates()) of[s].push_back(codes.insert(found));
    reason = codes.reason();
    if (!reason.empty()) return;
    const auto bits = [&](std::uint32_t code) { return std::bit_cast<std::uint64_t>(codes.rates()[code]); };
    std::vector<std::uint32_t> sorted(codes.rates().size()), rank(sorted.size());
    std::iota(sorted.begin(), sorted.end(), std::uint32_t{0});
    std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) { return bits(a) < bits(b); });
    for (const std::uint32_t code : sorted) {
      rank[code] = static_cast<std::uint32_t>(rate.size());
      rate.push_back(codes.rates()[code]);
    }
    for (std::vector<std::uint32_t>& of_stretch : of)
      for (std::uint32_t& code : of_stretch) code = rank[code];
  }

  std::vector<double> rate;                    // by code
  std::vector<std::vector<std::uint32_t>> of;  // of each stretch: the code of each of its own
  std::string reason;                          // empty: they fit
};

// The entries of a part's stretches, each in the place of its slice: the k-th of all is that of slice converted[k].
void place_entries(const std::vector<Stretch*>& stretches, std::span<const State> converted,
                   const std::vector<std::vector<std::uint32_t>>& code_of, Mask& mask) {
  mask.entry.resize(mask.start.back());
  std::vector<std::size_t> first{0};  // of each stretch's slices
  for (const Stretch* stretch : stretches) first.push_back(first.back() + stretch->count.size());
  in_parallel(stretches.size(), [&](std::size_t s) {
    auto from = stretches[s]->entry.cbegin();
    for (const std::uint64_t slice : converted.subspan(first[s], first[s + 1] - first[s])) {
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
}

// The stretches of one part, in order, as one; `converted` as in place_entries().
Conversion join(const std::vector<Stretch*>& stretches, std::span<const State> converted, std::size_t rows,
                Entries entries) {
  JoinedCodes codes(stretches);
  Conversion result{{}, codes.reason};
  if (!result.reason.empty()) return result;

  Mask& mask = result.mask;
  mask.rate = std::move(codes.rate);
  mask.code_bits = bits_for(mask.rate.size());
  const std::uint64_t distances = std::uint64_t{1} << (32 - mask.code_bits);  // that an entry's bits can tell apart
  mask.base_shift = rows + Slices::height - 1 <= distances ? 32 : 0;
  mask.base.assign(mask.base_shift == 0 ? converted.size() : 1, lowest_distance);
  std::vector<std::uint32_t> count(converted.size());
  auto slice = converted.begin();
  for (const Stretch* stretch : stretches) {
    for (std::size_t k = 0; k < stretch->count.size(); ++k, ++slice) {
      count[*slice] = stretch->count[k];
      if (mask.base_shift == 0) mask.base[*slice] = stretch->lowest[k];
    }
    if (mask.base_shift == 0 && stretch->widest >= distances)
      result.reason = fmt::format("{} distinct rates take {} of 32 bits, and the columns of a slice spread over {}",
                                  mask.rate.size(), mask.code_bits, stretch->widest);
  }
  mask.start = mask_starts(count);
  if (entries == Entries::kept && result.reason.empty()) place_entries(stretches, converted, codes.of, mask);
  return result;
}

// An entry of a row, with the part of the matrix that it belongs to.
struct Fetched {
  double value;
  State column;
  State part;
};

// The slices by the state of their first row: the rows of those that come one after another lie near each other in the
// chain, and in memory, while the rows of neighbouring slices of a level may be far away.
std::vector<State> in_order_of_states(const Slices& slices, const LevelOrder& order) {
  std::vector<State> sorted(slices.count());
  std::iota(sorted.begin(), sorted.end(), State{0});
  std::sort(sorted.begin(), sorted.end(),
            [&](State a, State b) { return order.order[slices.row[a]] < order.order[slices.row[b]]; });
  return sorted;
}

// `rows(row, add)` calls add(part, column, value) for each entry of a row; `length(row)`: how many these are;
// `order`: in which slices are converted.
template <std::size_t parts, class Rows, class Length>
std::array<Conversion, parts> convert(const Slices& slices, std::span<const State> order, Rows rows, Length length,
                                      Entries entries) {
  // Slice after slice, a stretch of them to each thread.
  const auto threads = static_cast<std::size_t>(omp_get_max_threads());
  std::vector<std::array<Stretch, parts>> stretches(threads);
  in_parallel(threads, [&](std::size_t thread) {
    std::array<Stretch, parts>& own = stretches[thread];
    const std::size_t first = slices.count() * thread / threads, last = slices.count() * (thread + 1) / threads;
    std::vector<Fetched> fetched;
    if (entries == Entries::kept) {
      std::uint64_t all = 0;  // most of it is never touched
      for (const State slice : order.subspan(first, last - first))
        for (std::size_t i = slices.row[slice]; i < slices.row[slice + std::size_t{1}]; ++i) all += length(i);
      for (Stretch& stretch : own) stretch.entry.reserve(all / 2);
    }
    for (const std::size_t slice : order.subspan(first, last - first)) {
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
    result[part] = join(of_part, order, slices.rows(), entries);
  }
  return result;
}

Conversion convert(const Csr& matrix, const Slices& slices, Entries entries) {
  const auto rows = [&](std::size_t i, auto add) {
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
      add(0, matrix.column[k], matrix.value[k]);
  };
  const auto length = [&](std::size_t i) { return matrix.row_start[i + 1] - matrix.row_start[i]; };
  std::vector<State> order(slices.count());
  std::iota(order.begin(), order.end(), State{0});
  return convert<1>(slices, order, rows, length, entries)[0];
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
  auto [before, after] = convert<2>(slices, in_order_of_states(slices, order), rows, length, Entries::kept);
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
