#include "solver/absorbing_rates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "formats/base/block_sum.hpp"
#include "formats/base/double_double.hpp"
#include "formats/base/larger.hpp"
#include "solver/absorbing_system.hpp"
#include "solver/elimination/elimination.hpp"

namespace steady::detail {

std::vector<ExtendedRange> solve_by_elimination(const AbsorbingRates& rates, Side side, const std::vector<double>& b,
                                                const std::function<bool()>& stop) {
  const std::size_t n = rates.inflow.rows() + 1;  // 0: all that the chain leaves for
  std::vector<double> rate(n * n, 0.0);           // rate[i n + j] of i -> j
  for (std::size_t j = 1; j < n; ++j) {
    for (std::uint64_t k = rates.inflow.row_start[j - 1]; k < rates.inflow.row_start[j]; ++k)
      rate[(rates.inflow.column[k] + std::size_t{1}) * n + j] = rates.inflow.value[k];
    rate[j * n] = rates.absorption_rate[j - 1];
  }
  const Elimination elimination(n, std::move(rate), stop);
  if (!elimination.done()) return {};
  std::vector<ExtendedRange> right(b.begin(), b.end());
  return side == Side::rows ? elimination.solve_row(std::move(right)) : elimination.solve_column(std::move(right));
}

double flow_balance(const AbsorbingRates& rates, const std::vector<double>& b, const std::vector<ExtendedRange>& x) {
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    ExtendedRange in = b[i];
    for (std::uint64_t k = rates.inflow.row_start[i]; k < rates.inflow.row_start[i + 1]; ++k)
      in += x[rates.inflow.column[k]] * rates.inflow.value[k];
    const ExtendedRange out = x[i] * rates.exit_rate[i];
    if (in == 0 && out == 0) continue;
    largest = larger(largest, std::abs(static_cast<double>((in - out) / out)));
  }
  return largest;
}

namespace {

// A vector of twice a double's digits.
using LongVector = std::vector<DoubleDouble>;

// An iterate x of B x = b, B = D - R for columns and its transpose for rows, its residual and how it is corrected.
class Refinement {
 public:
  LongVector x;
  std::size_t iterations = 0, passes = 0;  // so far

  Refinement(const AbsorbingRates& rates, Side side, const std::vector<double>& b, const Monitor& monitor)
      : x(b.size()),
        side_(side),
        monitor_(monitor),
        rates_(side == Side::columns ? transpose(rates.inflow, Checked::yes) : rates.inflow),
        rounded_exit_(rates.exit_rate),
        exit_(b.size()),
        b_(b),
        approximate_(rates_, rates.exit_rate, std::vector<bool>(b.size(), false), Direction::forward,
                     AbsorbingSystem::Preconditioning::ilu0),
        r_(b.size()) {
    for (std::size_t i = 0; i < exit_.size(); ++i) exit_[i] += rates.absorption_rate[i];
    for (std::size_t k = 0; k < rates.inflow.column.size(); ++k) exit_[rates.inflow.column[k]] += rates.inflow.value[k];
  }

  // The size of the residual b - B x, as the header says.
  double measure() {
    share_out(r_.size(), r_.size() > summation_block, [&](std::size_t i) {
      DoubleDouble rest{b_[i]};
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k)
        rest.add_product(rates_.value[k], x[rates_.column[k]]);
      rest.add_product(-exit_[i].high, x[i]);
      rest.low -= exit_[i].low * x[i].high;
      r_[i] = rest.value();
    });
    ++passes;
    return size(r_);
  }

  // What rounding alone may leave of it.
  double rounding() const {
    constexpr double unit = 0x1p-102;
    std::vector<double> terms(b_.size());
    for (std::size_t i = 0; i < terms.size(); ++i) {
      terms[i] = std::abs(b_[i]) + exit_[i].high * std::abs(x[i].high);
      for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k)
        terms[i] += rates_.value[k] * std::abs(x[rates_.column[k]].high);
    }
    return unit * size(terms);
  }

  using Solve = AbsorbingSystem::Result (AbsorbingSystem::*)(std::vector<double>,
                                                             const AbsorbingSystem::StoppingCriterion&,
                                                             std::size_t&) const;
  // Adds to x what `solve` makes of the residual that was measured last, in so many passes.
  void correct(Solve solve, std::size_t most_passes) {
    constexpr double reduction = 1e-6;
    double sum = 0;
    for (const double entry : r_) sum += std::abs(entry);
    std::size_t left = most_passes;
    const auto interrupted = [&](std::size_t done) { return monitor_.out_of_budget(iterations + done); };
    const AbsorbingSystem::Result correction =
        (approximate_.*solve)(r_, {AbsorbingSystem::StoppingCriterion::Size::sum, reduction * sum, interrupted}, left);
    iterations += correction.iterations;
    passes += most_passes - left;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] += correction.x[i];
      if (side_ == Side::rows && x[i].high < 0) x[i] = {};
    }
  }

 private:
  double size(const std::vector<double>& r) const {
    double largest = 0, sum = 0;
    for (std::size_t i = 0; i < r.size(); ++i) {
      largest = larger(largest, std::abs(r[i]) / rounded_exit_[i]);
      sum += std::abs(r[i]);
    }
    return side_ == Side::columns ? largest : sum;
  }

  Side side_;
  const Monitor& monitor_;
  Csr rates_;  // row i: the entries of -B
  const std::vector<double>& rounded_exit_;
  LongVector exit_;  // where the chain stays for long, a double's rounding would count for more than what leads out
  const std::vector<double>& b_;
  AbsorbingSystem approximate_;
  std::vector<double> r_;
};

}  // namespace

// Where BiCGStab leads astray, plain iterations from the best iterate, which always lead on.
Outcome solve_by_refinement(const AbsorbingRates& rates, Side side, const std::vector<double>& b,
                            std::vector<double>& result, Monitor& monitor) {
  Refinement refined(rates, side, b, monitor);
  LongVector best = refined.x;
  double best_residual = INFINITY;
  std::size_t sweeps = 2, cycle = 40;  // iterations of a round: plain ones, 2 passes each, and of BiCGStab, 4 each
  while (true) {
    refined.measure();
    refined.correct(&AbsorbingSystem::solve_plainly, 2 * sweeps + 1);
    const double residual = refined.measure();
    std::optional<Outcome> stop;
    if (std::isfinite(residual))
      stop = monitor.check(refined.iterations, refined.passes, residual);
    else if (best_residual == INFINITY)
      stop = {Stop::broke_down, refined.iterations, refined.passes, residual};
    if (!stop && residual <= refined.rounding()) stop = monitor.verdict(refined.iterations, refined.passes, residual);
    const bool better = residual < best_residual;
    if (better) {
      best_residual = residual;
      best = refined.x;
    }
    if (stop) {
      stop->residual = best_residual / monitor.unit();
      result.resize(best.size());
      std::transform(best.begin(), best.end(), result.begin(), [](const DoubleDouble& entry) { return entry.high; });
      return *stop;
    }
    if (better) {
      sweeps = 2;
      cycle = std::min<std::size_t>(2 * cycle, 500);
      refined.correct(&AbsorbingSystem::solve, 4 * cycle);
    } else {
      refined.x = best;
      best_residual = INFINITY;
      sweeps = 50;
      cycle = 10;
    }
  }
}

}  // namespace steady::detail
