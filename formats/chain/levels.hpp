// Dependency levels: what makes an exact Gauss-Seidel sweep parallel.
//
// A sweep visits the states forward or backward. A state's level is one more than the highest level among its sources
// that the sweep visits earlier, so that the states of one level can be updated at the same time. Saltz 1990 (level
// scheduling of triangular solves). Reordered by level, each part of the sweep is a contiguous range of rows.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <steady/csr.hpp>
#include <steady/structure.hpp>

#include "formats/chain/direction.hpp"

namespace steady::detail {

struct LevelOrder {
  Direction direction = Direction::forward;
  std::vector<State> order;  // the state at each position: by level, ascending within a level
  std::vector<State> start;  // first position of each level, and the number of states

  std::size_t levels() const { return start.size() - 1; }
};

LevelOrder level_order(const Csr& inflow, Direction direction);

// The position of each state.
std::vector<State> positions(const LevelOrder& order);

// Those of several directions, each found by a thread of its own: found once, shared by the operators made for them.
using LevelOrders = std::vector<std::shared_ptr<const LevelOrder>>;
LevelOrders level_orders(const Csr& inflow, std::span<const Direction> directions);

// How many there are in each direction.
Levels count_levels(const Csr& inflow);

// The matrix with rows and columns in level order, in two parts: entries from states that the sweep visits earlier
// (strictly lower triangular), and the others. Within a row, entries stay in the order of the original.
//
// They are kept apart because position does not tell them apart: a state of a lower level may be visited later, and
// a sweep that read its new value would not be Gauss-Seidel.
struct SplitMatrix {
  Csr earlier;
  Csr later;
};
SplitMatrix split(const Csr& inflow, const LevelOrder& order);

}  // namespace steady::detail
