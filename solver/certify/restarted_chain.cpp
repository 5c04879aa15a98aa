#include "solver/certify/restarted_chain.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "formats/base/block_sum.hpp"
#include "formats/base/parallel.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/arrangement.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/methods/multilevel.hpp"

namespace steady::detail {
namespace {

// The restarted chain's matrix as cycles need it: that of the chain, in its own storage, without the rates from j, and
// b.
class RestartedInflow {
 public:
  RestartedInflow(State j, const std::vector<double>& b, const Chain& chain, std::span<const Direction> directions) {
    std::vector<double> exit = chain.exit_rate;
    exit[j] = INFINITY;  // what is left at once: 0 in sweeps
    rates_ = smallest_operator(chain.inflow, exit, level_orders(chain.inflow, directions));
    b_ = arranged(*rates_, b);
    exit_ = arranged(*rates_, chain.exit_rate);
    right_ = HostVector(b.size());
    from_j_ = HostVector(b.size());
    const std::span<const State> order = rates_->order();
    const auto into_j =
        std::span(chain.inflow.column)
            .subspan(chain.inflow.row_start[j], chain.inflow.row_start[j + std::size_t{1}] - chain.inflow.row_start[j]);
    for (std::size_t p = 0; p < b.size(); ++p) {
      const State state = order.empty() ? static_cast<State>(p) : order[p];
      if (state == j) at_j_ = p;
      const auto found = std::lower_bound(into_j.begin(), into_j.end(), state);
      if (found == into_j.end() || *found != state) continue;
      into_j_.push_back(
          {p, chain.inflow.value[chain.inflow.row_start[j] + static_cast<std::size_t>(found - into_j.begin())]});
    }
  }

  std::size_t size() const { return b_.size(); }
  std::size_t at_j() const { return at_j_; }
  const HostVector& b() const { return b_; }
  const RateOperator<HostVector>& operator*() const { return *rates_; }

  // All states but j, with what flows from j as it was; then j.
  void gauss_seidel_sweep(Direction direction, double, HostVector& x) const {
    leave_j(x);
    rates_->add_later(direction, 1, x, from_j_, right_);
    rates_->triangular_solve(direction, right_, x);
    x[at_j_] = flow_into_j(x) / exit_[at_j_];
  }

  // r = x Q; returns ||r||_1
  double residual(HostVector& x, HostVector& r) const {
    const double x_j = x[at_j_];
    leave_j(x);
    rates_->multiply(x, r);
    axpy(1, from_j_, r);
    x[at_j_] = x_j;
    r[at_j_] = flow_into_j(x);
    return sum_over_blocks<double>(size(), [&](std::size_t first, std::size_t last) {
      double block = 0;
      for (std::size_t p = first; p < last; ++p) block += std::abs(r[p] -= exit_[p] * x[p]);
      return block;
    });
  }

 private:
  // x(j) = 0, and what would flow from j instead.
  void leave_j(HostVector& x) const {
    copy(b_, from_j_);
    scale(x[at_j_], from_j_);
    x[at_j_] = 0;
  }

  double flow_into_j(const HostVector& x) const {
    double sum = 0;
    for (const auto& [p, rate] : into_j_) sum += rate * x[p];
    return sum;
  }

  std::unique_ptr<RateOperator<HostVector>> rates_;
  HostVector b_, exit_;
  std::size_t at_j_ = 0;
  std::vector<std::pair<std::size_t, double>> into_j_;  // positions and rates
  mutable HostVector right_, from_j_;
};

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
  const RestartedInflow inflow(j, b, chain, directions);
  const std::size_t n = inflow.size(), at_j = inflow.at_j();
  MultilevelCycles<HostVector, RestartedInflow> cycles(
      inflow, chain.inflow.entries(), directions, [&](const HostVector& start) {
        const Chain restarted = restarted_at(j, b, chain);  // for as long as it takes to aggregate it
        return Hierarchy<HostVector>({restarted.inflow, restarted.exit_rate}, (*inflow).order(), start);
      });
  HostVector x(n, 1.0);
  const auto close = [&] {
    const HostVector& r = cycles.residual();  // x(j) b - x M, but in j
    const double most = share * x[at_j];
    return sum_over_blocks<std::size_t>(n, [&](std::size_t first, std::size_t last) {
             std::size_t far = 0;
             for (std::size_t p = first; p < last; ++p) far += p != at_j && !(r[p] <= most * inflow.b()[p]) ? 1 : 0;
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
  flow.y = rearranged(*inflow, x);
  for_each_entry(n, [&](std::size_t i) { flow.y[i] *= scale; });
  return flow;
}

}  // namespace steady::detail
