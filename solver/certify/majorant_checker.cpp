#include "solver/certify/majorant_checker.hpp"

#include <cmath>

#include "formats/base/block_sum.hpp"
#include "formats/base/fused.hpp"
#include "formats/base/larger.hpp"
#include "solver/certify/checker.hpp"

namespace steady::detail {
namespace {

const char* const left_range = "a number left the range of doubles";

// Of some states: the least delta, infinite or not a number where y is no witness; at least the sum of y.
struct Bounds {
  Largest delta;
  double sum = 0;
  Bounds& operator+=(const Bounds& other) {
    delta += other.delta;
    sum = add_up(sum, other.sum);
    return *this;
  }
};

// At least the exact sum of n nonnegative numbers or products of which `sum` is that in doubles: each is rounded twice,
// by at most 2^-53 of what there is or, where that is subnormal, by half of smallest_step.
double at_most(double sum, std::size_t n) {
  const auto count = static_cast<double>(n);
  return sum * (1 + (count + 3) * 0x1p-52) + (count + 2) * smallest_step;
}

}  // namespace

std::vector<double> MajorantChecker::imbalance(const std::vector<double>& p) const {
  const Csr& rows = chain_.inflow;
  std::vector<double> bounds(rows.rows());
  const auto find = [&](std::size_t i) {
    EnclosedSum sum;
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k)
      sum.add_product(rows.value[k], p[rows.column[k]]);
    const Exit& exit = exits_[i];
    sum.add_product(exit.high, -p[i]);
    if (exit.low != 0) sum.add_product(exit.low, -p[i]);
    return add_up(sum.bound(), multiply_up(exit.error, std::abs(p[i])));
  };
  sum_over_blocks<int>(bounds.size(), [&](std::size_t first, std::size_t last) {
    return fused([&] {
      const bool sound = arithmetic_is_sound();
      for (std::size_t i = first; i < last; ++i) bounds[i] = sound ? find(i) : NAN;
      return 0;
    });
  });
  return bounds;
}

MajorantProof MajorantChecker::check(const std::vector<double>& p, const std::vector<double>& imbalance,
                                     const std::vector<double>& y, State j) const {
  const Csr& rows = chain_.inflow;
  const std::size_t n = rows.rows();
  const auto refused = [](const char* why) { return MajorantProof{false, INFINITY, {}, why}; };
  if (p.size() != n || imbalance.size() != n || y.size() != n || j >= n)
    return refused("a witness does not fit the chain");
  if (!arithmetic_is_sound() || !(p[j] > 0) || y[j] != 0) return refused("the reference state has no probability");
  const auto delta = [&](std::size_t i) {
    double entering = 0;
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k)
      entering += rows.value[k] * y[rows.column[k]];
    const Exit& exit = exits_[i];
    const double rate = add_down(add_down(exit.high, exit.low), -exit.error);
    const double s = add_down(multiply_down(y[i], rate), -at_most(entering, rows.row_start[i + 1] - rows.row_start[i]));
    return y[i] >= 0 && s > 0 && std::isfinite(s) ? divide_up(imbalance[i], s) : INFINITY;
  };
  const Bounds found = sum_over_blocks<Bounds>(n, [&](std::size_t first, std::size_t last) {
    return fused([&] {
      Bounds bounds;
      if (!arithmetic_is_sound()) bounds.delta.value = INFINITY;
      double sum = 0;
      for (std::size_t i = first; i < last; ++i) {
        sum += y[i];
        if (i != j) bounds.delta += {delta(i)};
      }
      bounds.sum = at_most(sum, last - first);
      return bounds;
    });
  });
  MajorantProof proof;
  if (!std::isfinite(found.delta.value)) return refused("no witness of the error was found that is exact enough");
  proof.mass = mass_of({p});
  const Interval bound = Interval(multiply_up(found.delta.value, found.sum)) / proof.mass;
  if (!bound.finite()) return refused(left_range);
  proof.holds = true;
  proof.total_variation = bound.high;
  return proof;
}

}  // namespace steady::detail
