#include "solver/methods/hierarchy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "formats/matrix/direction.hpp"

namespace steady {
namespace {

constexpr std::size_t coarsest_states = 60;
constexpr double overcorrection = 1.2;  // exponent of an aggregate's change, which piecewise constant factors underrate
constexpr double smallest = 1e-200;     // of a weight, whose inverse is needed

// One Gauss-Seidel sweep for d (D - R) = b; b: null for 0.
void sweep(const Csr& in, const std::vector<double>& exit_rate, Direction direction, const double* b, double* d) {
  const std::size_t n = in.rows();
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t i = direction == Direction::forward ? step : n - 1 - step;
    double flow = b ? b[i] : 0;
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) flow += in.value[k] * d[in.column[k]];
    d[i] = flow / exit_rate[i];
  }
}

void sweep_both_ways(const Csr& in, const std::vector<double>& exit_rate, const double* b, double* d) {
  sweep(in, exit_rate, Direction::forward, b, d);
  sweep(in, exit_rate, Direction::backward, b, d);
}

// rest = b - d (D - R)
void subtract_product(const Csr& in, const std::vector<double>& exit_rate, const double* b, const double* d,
                      std::vector<double>& rest) {
  rest.resize(in.rows());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < in.rows(); ++i) {
    double flow = 0;
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) flow += in.value[k] * d[in.column[k]];
    rest[i] = b[i] + (flow - d[i] * exit_rate[i]);
  }
}

// Scales the factors so that they keep the total weight; returns how much of it they move, as a share of all.
double even_out(const std::vector<double>& weight, std::vector<double>& factor) {
  double before = 0, after = 0, moved = 0;
  for (std::size_t a = 0; a < weight.size(); ++a) before += weight[a], after += weight[a] * factor[a];
  for (std::size_t a = 0; a < weight.size(); ++a) {
    factor[a] *= before / after;
    moved += weight[a] / before * std::abs(factor[a] - 1);
  }
  return moved;
}

Elimination eliminate_all(const Csr& in) {
  const std::size_t n = in.rows();
  std::vector<double> rate(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) rate[in.column[k] * n + i] = in.value[k];
  return {n, std::move(rate)};
}

}  // namespace

Hierarchy::Hierarchy(const Irreducible& chain, std::vector<double> x) : chain_(chain) {
  for (std::size_t l = 0; inflow(l).rows() > coarsest_states; ++l) {
    for (double& weight : x) weight = std::max(weight, smallest);
    Aggregates aggregates = aggregate(inflow(l), exit_rate(l), x);
    if (aggregates.count > 0.9 * static_cast<double>(x.size())) break;
    AggregatedChain coarser(inflow(l), std::move(aggregates));
    coarser.refresh(inflow(l), x);
    coarser_.push_back({std::move(coarser), std::move(x), {}, {}, {}});
    x.assign(coarser_.back().chain.size(), 1.0);
    sweep_both_ways(inflow(l + 1), exit_rate(l + 1), nullptr, x.data());
  }
  coarsest_.emplace(eliminate_all(inflow(coarser_.size())));
}

std::uint64_t Hierarchy::coarse_entries() const {
  std::uint64_t entries = 0;
  for (const Coarser& coarser : coarser_) entries += coarser.chain.inflow().entries();
  return entries;
}

double Hierarchy::correct(std::size_t l, std::vector<double>& x) {
  if (l == coarser_.size()) {
    coarsest_.emplace(eliminate_all(inflow(l)));
    x = coarsest_->stationary();
    return 0;
  }
  for (double& weight : x) weight = std::max(weight, smallest);
  Coarser& coarser = coarser_[l];
  coarser.chain.refresh(inflow(l), x);
  coarser.x = x;
  std::vector<double> factor(coarser.chain.size(), 1.0);
  if (l + 1 == coarser_.size()) {
    correct(l + 1, factor);
  } else {
    for (int visit = 0; visit < visits_; ++visit) {
      sweep_both_ways(inflow(l + 1), exit_rate(l + 1), nullptr, factor.data());
      correct(l + 1, factor);
      sweep_both_ways(inflow(l + 1), exit_rate(l + 1), nullptr, factor.data());
    }
  }
  const double moved = even_out(coarser.chain.weight(), factor);
  for (double& change : factor) change = std::pow(change, overcorrection);
  const std::vector<State>& of = coarser.chain.aggregates().of;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < x.size(); ++i) x[i] *= factor[of[i]];
  return moved;
}

void Hierarchy::cycle(std::size_t l, const double* b, double* d) {
  if (l == coarser_.size()) {
    std::copy_n(b, coarsest_->size(), d);
    return coarsest_->solve(d);
  }
  Coarser& coarser = coarser_[l];
  const std::vector<State>& of = coarser.chain.aggregates().of;
  std::fill_n(d, of.size(), 0.0);
  sweep_both_ways(inflow(l), exit_rate(l), b, d);
  subtract_product(inflow(l), exit_rate(l), b, d, coarser.rest);
  coarser.b.assign(coarser.chain.size(), 0.0);
  coarser.d.resize(coarser.chain.size());
  for (std::size_t i = 0; i < of.size(); ++i) coarser.b[of[i]] += coarser.rest[i];
  cycle(l + 1, coarser.b.data(), coarser.d.data());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < of.size(); ++i) d[i] += coarser.x[i] * coarser.d[of[i]];
  sweep_both_ways(inflow(l), exit_rate(l), b, d);
}

}  // namespace steady
