// Sums of many terms that are the same bits for any number of threads: fixed blocks, each summed by one thread in one
// order, and the blocks' sums added in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "formats/base/parallel.hpp"

namespace steady::detail {

inline constexpr std::size_t summation_block = 4096;  // entries

// Calls f(i) for every entry.
template <class EntryFunction>
void for_each_entry(std::size_t size, EntryFunction f) {
  share_out(size, size > 4 * summation_block, f);
}

// Calls f(first, last) for each block of 0..size and returns the blocks' results added in order.
template <class Result, class BlockFunction>
Result sum_over_blocks(std::size_t size, std::size_t block, BlockFunction f) {
  const std::size_t blocks = (size + block - 1) / block;
  std::vector<Result> partial(blocks);
  share_out(blocks, blocks > 4, [&](std::size_t b) { partial[b] = f(b * block, std::min((b + 1) * block, size)); });
  Result total{};
  for (const Result& p : partial) total += p;
  return total;
}

template <class Result, class BlockFunction>
Result sum_over_blocks(std::size_t size, BlockFunction f) {
  return sum_over_blocks<Result>(size, summation_block, f);
}

}  // namespace steady::detail
