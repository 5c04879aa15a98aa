// The level orders of a chain, each found once, however many operators are made.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "formats/base/parallel.hpp"
#include "formats/chain/levels.hpp"
#include "solver/structure/structure.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

using Directions = std::vector<Direction>;

class KnownOrders {
 public:
  explicit KnownOrders(const IrreducibleChain& chain) : chain_(chain) {
    if (chain.hints)
      for (const auto& order : chain.hints->orders) known_[order->direction] = order;
  }

  LevelOrders of(const Directions& directions) {
    Directions missing;
    for (const Direction direction : directions)
      if (!known_.contains(direction)) missing.push_back(direction);
    for (auto& order : level_orders(chain_.inflow, missing)) known_[order->direction] = std::move(order);
    LevelOrders wanted;
    for (const Direction direction : directions) wanted.push_back(known_.at(direction));
    return wanted;
  }

  // Whether the chain is one of weakly coupled blocks; and the level orders that are about to be asked for: each is the
  // work of one thread, so all are done at once.
  bool look_at_chain(Directions wanted) {
    std::erase_if(wanted, [&](Direction direction) { return known_.contains(direction); });
    const bool known = chain_.hints && chain_.hints->indecomposable;
    bool decomposable = false;
    LevelOrders found(wanted.size());
    in_parallel(1 + wanted.size(), [&](std::size_t task) {
      if (task > 0)
        found[task - 1] = std::make_shared<const LevelOrder>(level_order(chain_.inflow, wanted[task - 1]));
      else if (!known)
        decomposable = is_decomposable(chain_.inflow, chain_.exit_rate, weak_share, chain_.begin);
    });
    for (auto& order : found) known_[order->direction] = std::move(order);
    return decomposable;
  }

 private:
  const IrreducibleChain& chain_;
  std::map<Direction, std::shared_ptr<const LevelOrder>> known_;
};

}  // namespace steady::detail
