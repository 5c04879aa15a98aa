#include "solver/residual.hpp"

#include <algorithm>
#include <cmath>

#include "solver/device/host.hpp"
#include "solver/larger.hpp"

namespace steady {
namespace {

// What flows into state i less what flows out of it.
double net_inflow(const Csr& inflow, const std::vector<double>& exit_rate, const std::vector<double>& x,
                  std::size_t i) {
  double flow = 0;
  for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + 1]; ++k)
    flow += inflow.value[k] * x[inflow.column[k]];
  return flow - x[i] * exit_rate[i];
}

struct Largest {
  double value = 0;
  Largest& operator+=(const Largest& other) {
    value = larger(value, other.value);
    return *this;
  }
};

}  // namespace

double residual_unit(Kind kind, const std::vector<double>& exit_rate) {
  return kind == Kind::dtmc ? 1 : *std::max_element(exit_rate.begin(), exit_rate.end());
}

double imbalance(const Csr& inflow, const std::vector<double>& exit_rate, const std::vector<double>& x) {
  return sum_over_blocks<double>(x.size(), [&](std::size_t i, std::size_t last) {
    double block = 0;
    for (; i < last; ++i) block += std::abs(net_inflow(inflow, exit_rate, x, i));
    return block;
  });
}

double balance(const Csr& inflow, const std::vector<double>& exit_rate, const std::vector<double>& x) {
  const double total = sum_over_blocks<double>(x.size(), [&](std::size_t first, std::size_t last) {
    double block = 0;
    for (std::size_t i = first; i < last; ++i) block += x[i];
    return block;
  });
  const double least = total / static_cast<double>(x.size());
  const Largest all = sum_over_blocks<Largest>(x.size(), [&](std::size_t i, std::size_t last) {
    Largest block;
    for (; i < last; ++i)
      if (exit_rate[i] > 0)
        block += {std::abs(net_inflow(inflow, exit_rate, x, i)) / exit_rate[i] / std::max(x[i], least)};
    return block;
  });
  return total > 0 ? all.value : NAN;
}

}  // namespace steady
