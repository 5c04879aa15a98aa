#include "formats/model/prism/explore/inflow_builder.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "formats/base/memory.hpp"

namespace steady::detail::prism {

InflowBuilder::InflowBuilder(std::vector<std::uint64_t>&& row_start) {
  matrix_.row_start = std::move(row_start);
  resize_large(matrix_.column, matrix_.row_start.back(), Pages::small);
  resize_large(matrix_.value, matrix_.row_start.back(), Pages::small);
}

bool InflowBuilder::add(const std::vector<Chunk>& chunks) {
  for (const Chunk& chunk : chunks) written_ += chunk.incoming.size();
  if (written_ > room()) return false;
  std::atomic<bool> fits = true;
  Workers::for_each_shard([&](std::size_t bucket) {
    for (const Chunk& chunk : chunks)
      if (!chunk.incoming.for_each_run(bucket, [this](auto run) { return add_run(run); })) fits = false;
  });
  return fits;
}

bool InflowBuilder::add_run(std::span<const IncomingTransition> incoming) {
  constexpr std::size_t ahead = 16;  // entries whose memory is waited for together
  std::array<std::uint64_t, ahead> at;
  for (const IncomingTransition& transition : incoming) __builtin_prefetch(&matrix_.row_start[transition.target], 1);
  for (std::size_t begin = 0; begin < incoming.size(); begin += ahead) {
    const std::size_t n = std::min(ahead, incoming.size() - begin);
    for (std::size_t k = 0; k < n; ++k) {
      at[k] = matrix_.row_start[incoming[begin + k].target]++;
      if (at[k] >= room()) return false;
      __builtin_prefetch(&matrix_.column[at[k]], 1);
      __builtin_prefetch(&matrix_.value[at[k]], 1);
    }
    for (std::size_t k = 0; k < n; ++k) {
      if (matrix_.value[at[k]] != 0) return false;  // another row's place
      matrix_.column[at[k]] = incoming[begin + k].source;
      matrix_.value[at[k]] = incoming[begin + k].rate;
    }
  }
  return true;
}

std::optional<Csr> InflowBuilder::finish() {
  if (!close_gaps()) return std::nullopt;
  std::vector<std::uint64_t>& start = matrix_.row_start;  // each has become the next row's
  std::copy_backward(start.begin(), start.end() - 1, start.end());
  start.front() = 0;
  return std::move(matrix_);
}

// A row has room left where several relations lead from a state to the same: its end is known, and the room is 0.
bool InflowBuilder::close_gaps() {
  if (written_ == room()) return true;
  std::size_t to = 0, from = 0;
  for (std::size_t s = 0; s + 1 < matrix_.row_start.size(); ++s) {
    while (from < matrix_.row_start[s] && matrix_.value[from] == 0) ++from;
    for (; from < matrix_.row_start[s]; ++from, ++to) {
      matrix_.column[to] = matrix_.column[from];
      matrix_.value[to] = matrix_.value[from];
    }
    matrix_.row_start[s] = to;
  }
  if (to != written_) return false;
  matrix_.column.resize(to);
  matrix_.value.resize(to);
  return true;
}

}  // namespace steady::detail::prism
