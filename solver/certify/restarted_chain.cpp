#include "solver/certify/restarted_chain.hpp"

#include <algorithm>
#include <memory>

#include "formats/base/block_sum.hpp"
#include "formats/base/parallel.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/arrangement.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/methods/multilevel.hpp"

namespace steady::detail {
namespace {

std::unique_ptr<RateOperator<HostVector>> stored(const Chain& chain, std::span<const Direction> directions) {
  const LevelOrders orders = level_orders(chain.inflow, directions);
  auto fitting = choose_kernels(host_kernels(), chain.inflow, {});
  return first_that_fits(fitting,
                         [&](const auto& one) { return one.kernel->make(chain.inflow, chain.exit_rate, orders); });
}

}  // namespace

Chain restarted_at(State j, const std::vector<double>& b, const Chain& chain) {
  const Csr& rows = chain.inflow;
  const std::size_t n = rows.rows();
  const auto place_of_j = [&](std::size_t i) {
    const auto begin = rows.column.begin() + static_cast<std::ptrdiff_t>(rows.row_start[i]);
    const auto end = rows.column.begin() + static_cast<std::ptrdiff_t>(rows.row_start[i + 1]);
    return static_cast<std::uint64_t>(std::lower_bound(begin, end, j) - rows.column.begin());
  };
  const auto leads_from_j = [&](std::size_t i, std::uint64_t k) {
    return k < rows.row_start[i + 1] && rows.column[k] == j;
  };
  Chain restarted;
  restarted.kind = chain.kind;
  restarted.exit_rate = chain.exit_rate;
  Csr& all = restarted.inflow;
  all.row_start.resize(n + 1);
  for (std::size_t i = 0; i < n; ++i)
    all.row_start[i + 1] = all.row_start[i] + (rows.row_start[i + 1] - rows.row_start[i]) +
                           (i != j && !leads_from_j(i, place_of_j(i)) ? 1 : 0);
  all.column.resize(all.row_start[n]);
  all.value.resize(all.row_start[n]);
  for_each_entry(n, [&](std::size_t i) {
    const std::uint64_t place = place_of_j(i);
    std::uint64_t to = all.row_start[i];
    const auto copy = [&](std::uint64_t first, std::uint64_t last) {
      for (std::uint64_t k = first; k < last; ++k, ++to) all.column[to] = rows.column[k], all.value[to] = rows.value[k];
    };
    copy(rows.row_start[i], place);
    if (i != j) all.column[to] = j, all.value[to++] = b[i];
    copy(leads_from_j(i, place) ? place + 1 : place, rows.row_start[i + 1]);
  });
  return restarted;
}

RestartedFlow flow_restarted_at(State j, const std::vector<double>& b, double share, const Chain& chain,
                                std::span<const Direction> directions, std::size_t allowed,
                                const std::function<bool()>& interrupted) {
  const Chain restarted = restarted_at(j, b, chain);
  const std::size_t n = restarted.size();
  const auto rates = stored(restarted, directions);
  const HostVector right = arranged(*rates, b);
  MultilevelCycles<HostVector> cycles({restarted.inflow, restarted.exit_rate}, *rates, directions);
  HostVector x(n, 1.0);
  const std::span<const State> order = rates->order();
  const auto at_j = order.empty() ? j : static_cast<State>(std::find(order.begin(), order.end(), j) - order.begin());
  const auto close = [&] {
    const HostVector& r = cycles.residual();  // x(j) b - x M, but in j
    const double most = share * x[at_j];
    return sum_over_blocks<std::size_t>(n, [&](std::size_t first, std::size_t last) {
             std::size_t far = 0;
             for (std::size_t p = first; p < last; ++p) far += p != at_j && !(r[p] <= most * right[p]) ? 1 : 0;
             return far;
           }) == 0;
  };
  RestartedFlow flow{{}, false, 0};
  for (;;) {
    cycles.measure(x);
    flow.reached = close();
    if (flow.reached || cycles.passes() >= allowed || interrupted()) break;
    cycles.improve(x, true);
  }
  flow.passes = std::min(cycles.passes(), allowed);
  const double scale = 1 / x[at_j];
  x[at_j] = 0;
  flow.y = rearranged(*rates, x);
  for_each_entry(n, [&](std::size_t i) { flow.y[i] *= scale; });
  return flow;
}

}  // namespace steady::detail
