#include "formats/chain/levels.hpp"

#include <algorithm>

#include "formats/base/parallel.hpp"

namespace steady::detail {
namespace {

// The level of each state, from 0.
std::vector<State> find_levels(const Csr& in, Direction direction) {
  const std::size_t n = in.rows();
  std::vector<State> level(n);
  for (std::size_t step = 0; step < n; ++step) {
    const auto i = static_cast<State>(direction == Direction::forward ? step : n - 1 - step);
    State own = 0;
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k)
      if (earlier(in.column[k], i, direction)) own = std::max(own, level[in.column[k]] + 1);
    level[i] = own;
  }
  return level;
}

std::size_t depth(const std::vector<State>& level) {
  return level.empty() ? 0 : std::size_t{1} + *std::max_element(level.begin(), level.end());
}

}  // namespace

LevelOrder level_order(const Csr& inflow, Direction direction) {
  const std::vector<State> level = find_levels(inflow, direction);
  LevelOrder result;
  result.direction = direction;
  result.start.assign(depth(level) + 1, 0);
  for (const State l : level) ++result.start[l + std::size_t{1}];
  for (std::size_t l = 1; l < result.start.size(); ++l) result.start[l] += result.start[l - 1];
  result.order.resize(level.size());
  std::vector<State> next(result.start.begin(), result.start.end() - 1);
  for (std::size_t i = 0; i < level.size(); ++i) result.order[next[level[i]]++] = static_cast<State>(i);
  return result;
}

std::vector<State> positions(const LevelOrder& order) {
  std::vector<State> position(order.order.size());
  for (std::size_t p = 0; p < position.size(); ++p) position[order.order[p]] = static_cast<State>(p);
  return position;
}

LevelOrders level_orders(const Csr& inflow, std::span<const Direction> directions) {
  LevelOrders orders(directions.size());
  in_parallel(directions.size(), [&](std::size_t k) {
    orders[k] = std::make_shared<const LevelOrder>(level_order(inflow, directions[k]));
  });
  return orders;
}

Levels count_levels(const Csr& inflow) {
  Levels levels;
  in_parallel(2, [&](std::size_t k) {
    const Direction direction = k == 0 ? Direction::forward : Direction::backward;
    (k == 0 ? levels.forward : levels.backward) = depth(find_levels(inflow, direction));
  });
  return levels;
}

SplitMatrix split(const Csr& inflow, const LevelOrder& order) {
  const std::size_t n = inflow.rows();
  const std::vector<State> position = positions(order);

  SplitMatrix parts;
  std::vector<State> before(n);  // entries of the earlier part
#pragma omp parallel for schedule(static)
  for (std::size_t p = 0; p < n; ++p) {
    const State i = order.order[p];
    for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + std::size_t{1}]; ++k)
      before[p] += earlier(inflow.column[k], i, order.direction) ? 1 : 0;
  }
  in_parallel(2, [&](std::size_t k) {
    Csr& part = k == 0 ? parts.earlier : parts.later;
    part.row_start.resize(n + 1);
    for (std::size_t p = 0; p < n; ++p) {
      const State i = order.order[p];
      const std::uint64_t length = inflow.row_start[i + std::size_t{1}] - inflow.row_start[i];
      part.row_start[p + 1] = part.row_start[p] + (k == 0 ? before[p] : length - before[p]);
    }
    part.column.resize(part.row_start.back());
    part.value.resize(part.row_start.back());
  });

#pragma omp parallel for schedule(static)
  for (std::size_t p = 0; p < n; ++p) {
    const State i = order.order[p];
    std::uint64_t next_earlier = parts.earlier.row_start[p], next_later = parts.later.row_start[p];
    for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + std::size_t{1}]; ++k) {
      const bool visited = earlier(inflow.column[k], i, order.direction);
      Csr& part = visited ? parts.earlier : parts.later;
      const std::uint64_t place = visited ? next_earlier++ : next_later++;
      part.column[place] = position[inflow.column[k]];
      part.value[place] = inflow.value[k];
    }
  }
  return parts;
}

}  // namespace steady::detail
