#include "solver/distributed/stationary.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/base/larger.hpp"

namespace steady::detail {

StationarySolver::StationarySolver(const Generator& q, const BottomComponents& bottom,
                                   const std::vector<double>& weights, Budget& budget, std::vector<double> start)
    : q_(q),
      bottom_(bottom),
      weights_(weights),
      solver_(q.ranks(),
              {q.matrix(),
               {},
               [this](std::vector<double>& x) { return normalise(x); },
               [this](const std::vector<double>& x) { return measure(x); },
               [this, &budget] {
                 weigh();
                 budget.keep(distribution());
               }},
              begin(std::move(start)), budget) {
  weigh();
}

double StationarySolver::share(std::size_t component) const {
  return static_cast<double>(bottom_.size[component]) / static_cast<double>(bottom_.states());
}

// Uniform where the start has nothing in some component.
std::vector<double> StationarySolver::begin(std::vector<double>&& start) const {
  if (q_.ranks().any(!start.empty()) && normalise(start)) return std::move(start);
  std::vector<double> x(q_.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = bottom_.component[i] != BottomComponents::none ? 1 / static_cast<double>(bottom_.states()) : 0;
  return x;
}

// Each component by itself. False where there is no distribution in one.
bool StationarySolver::normalise(std::vector<double>& x) const {
  std::vector<double> factor(bottom_.count());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::uint32_t k = bottom_.component[i];
    x[i] = k == BottomComponents::none ? 0 : std::max(x[i], 0.0);
    if (k != BottomComponents::none) factor[k] += x[i];
  }
  factor = q_.ranks().sum(std::move(factor));
  for (std::size_t k = 0; k < factor.size(); ++k) {
    if (!(factor[k] > 0) || !std::isfinite(factor[k])) return false;
    factor[k] = share(k) / factor[k];
  }
  for (std::size_t i = 0; i < x.size(); ++i)
    if (x[i] > 0) x[i] *= factor[bottom_.component[i]];
  return true;
}

RowSystem::Size StationarySolver::measure(const std::vector<double>& x) const {
  std::vector<double> factor(bottom_.count());
  for (std::size_t k = 0; k < factor.size(); ++k) factor[k] = weights_[k] / share(k);
  const std::vector<double> inflow = q_.inflow(x);
  RowSystem::Size own;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (bottom_.component[i] == BottomComponents::none) continue;  // nothing flows out of the components
    const double net = std::abs(inflow[i] - x[i] * q_.exit_rate()[i]);
    own.residual += factor[bottom_.component[i]] * net;
    own.two_norm += net * net;
  }
  const double unit = q_.residual_unit() > 0 ? q_.residual_unit() : 1;
  return {q_.ranks().sum(own.residual) / unit, std::sqrt(q_.ranks().sum(own.two_norm))};
}

double StationarySolver::balance() const {
  const std::vector<double>& p = distribution();
  const std::vector<double> inflow = q_.inflow(p);
  const double least = 1 / static_cast<double>(q_.states());
  double balance = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double rate = q_.exit_rate()[i];
    if (rate > 0) balance = larger(balance, std::abs(inflow[i] - p[i] * rate) / rate / std::max(p[i], least));
  }
  return q_.ranks().most(balance);
}

void StationarySolver::weigh() {
  if (bottom_.count() == 1) return;
  weighted_ = solver_.x();
  for (std::size_t i = 0; i < weighted_.size(); ++i) {
    const std::uint32_t k = bottom_.component[i];
    if (k != BottomComponents::none) weighted_[i] *= weights_[k] / share(k);
  }
}

}  // namespace steady::detail
