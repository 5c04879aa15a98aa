#include "solver/residual.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "formats/base/block_sum.hpp"
#include "formats/base/larger.hpp"
#include "solver/structure/sweep.hpp"

namespace steady::detail {
double residual_unit(Kind kind, const std::vector<double>& exit_rate) {
  return kind == Kind::dtmc ? 1 : *std::max_element(exit_rate.begin(), exit_rate.end());
}

Imbalance imbalance(const Csr& inflow, const std::vector<double>& exit_rate, const std::vector<double>& x) {
  const double total = sum_over_blocks<double>(x.size(), [&](std::size_t first, std::size_t last) {
    return std::accumulate(x.begin() + static_cast<std::ptrdiff_t>(first),
                           x.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
  });
  const double least = total / static_cast<double>(x.size());
  struct Block : Imbalance {
    Block& operator+=(const Block& other) {
      residual += other.residual;
      balance = larger(balance, other.balance);
      return *this;
    }
  };
  return sum_over_blocks<Block>(x.size(), [&](std::size_t i, std::size_t last) {
    Block block;
    for (; i < last; ++i) {
      const double net = std::abs(flow_into(inflow, i, x) - x[i] * exit_rate[i]);
      block.residual += net;
      if (exit_rate[i] > 0) block.balance = larger(block.balance, net / exit_rate[i] / std::max(x[i], least));
    }
    return block;
  });
}

}  // namespace steady::detail
