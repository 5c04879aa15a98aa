#include "solver/distributed/stationary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "formats/base/larger.hpp"
#include "formats/base/stopwatch.hpp"

namespace steady::detail {

namespace {

constexpr double rounding = 1e-10;  // what stops above the tolerance and under this is as good as doubles make it

}  // namespace

StationarySolver::StationarySolver(const Generator& q, const Bottom& bottom, Budget budget)
    : q_(q), bottom_(bottom.states), budget_(std::move(budget)), x_(q.size()) {
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = bottom_[i] != 0 ? 1 / static_cast<double>(bottom.size) : 0;
  measure();
}

Krylov& StationarySolver::krylov() {
  if (!krylov_) krylov_.emplace(q_, krylov_methods[method_]);
  return *krylov_;
}

void StationarySolver::solve(double tolerance) {
  for (method_ = 0; method_ < krylov_methods.size(); ++method_) {
    krylov_.reset();
    const Stopwatch watch;
    const std::int64_t before = iterations_;
    const Stop stop = run(tolerance);
    tried_.push_back({krylov_methods[method_], stop, iterations_ - before, residual(), watch.seconds()});
    converged_ = solved(stop);
    if (stop != Stop::stagnated) return;
  }
  method_ = krylov_methods.size() - 1;
}

void StationarySolver::improve(double tolerance) {
  const Stopwatch watch;
  const std::int64_t before = iterations_;
  run(tolerance);
  tried_.back().iterations += iterations_ - before;
  tried_.back().residual = residual();
  tried_.back().seconds += watch.seconds();
}

// The method's own residual is one of recurrences, and in the 2-norm: it is to fall by as much as the true one has to,
// and begins anew from what it has come to until that is small enough, or does not get better.
Stop StationarySolver::run(double tolerance) {
  for (bool better = true; residual() > tolerance && better;) {
    if (const std::optional<Stop> stop = spent()) return *stop;
    better = go_on(0.5 * tolerance / residual() * measured_.two_norm);
  }
  if (residual() <= tolerance) return Stop::converged;
  if (const std::optional<Stop> stop = spent()) return *stop;
  return residual() <= rounding ? Stop::rounding : Stop::stagnated;
}

// One run of the method. Whether it was worth while: else the iterate is what it was.
bool StationarySolver::go_on(double two_norm) {
  constexpr double worth_while = 0.9;
  const std::vector<double> before = x_, zero(x_.size());
  const Measured measured = measured_;
  const std::string_view name = krylov_methods[method_].method;
  const Watch watch = [&](std::int64_t iterations, double) {
    if (q_.ranks().first()) budget_.progress(name, iterations_ + iterations);
    return budget_.spent().has_value();
  };
  const std::int64_t left =
      budget_.iterations > 0 ? budget_.iterations - iterations_ : std::numeric_limits<std::int64_t>::max();
  iterations_ += krylov().solve(Side::row, zero, x_, {two_norm, left, watch}).iterations;
  const bool sound = normalise();
  if (sound) measure();
  if (sound && residual() < measured.residual) return residual() < worth_while * measured.residual;
  x_ = before;
  measured_ = measured;
  return false;
}

std::optional<Stop> StationarySolver::spent() const {
  if (budget_.iterations > 0 && iterations_ >= budget_.iterations) return Stop::iteration_limit;
  return budget_.spent();
}

// False where there is no distribution in it.
bool StationarySolver::normalise() {
  double own = 0;
  for (std::size_t i = 0; i < x_.size(); ++i) own += x_[i] = bottom_[i] != 0 ? std::max(x_[i], 0.0) : 0;
  const double sum = q_.ranks().sum(own);
  if (!(sum > 0) || !std::isfinite(sum)) return false;
  for (double& x : x_) x /= sum;
  return true;
}

void StationarySolver::measure() {
  const std::vector<double> inflow = q_.inflow(x_);
  const double least = 1 / static_cast<double>(q_.states());
  Measured own;
  for (std::size_t i = 0; i < x_.size(); ++i) {
    const double rate = q_.exit_rate()[i], net = std::abs(inflow[i] - x_[i] * rate);
    own.residual += net;
    own.two_norm += net * net;
    if (rate > 0) own.balance = larger(own.balance, net / rate / std::max(x_[i], least));
  }
  const double unit = q_.states() == 1 ? 1 : q_.residual_unit();
  measured_ = {q_.ranks().sum(own.residual) / unit, q_.ranks().most(own.balance),
               std::sqrt(q_.ranks().sum(own.two_norm))};
}

}  // namespace steady::detail
