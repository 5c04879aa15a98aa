// How far a vector is from being stationary: residuals and balance.
#pragma once

#include <vector>

#include <steady/chain.hpp>

namespace steady::detail {

// What ||x Q||_1 is divided by in what is reported.
double residual_unit(Kind kind, const std::vector<double>& exit_rate);

struct Imbalance {
  double residual = 0;  // ||x Q||_1
  // max over the states i with q_i > 0 of |(x Q)_i| / (q_i max(x_i, x.1/n)); q_i: exit rates. What flows into a state
  // and out of it, compared in units of that state's own flow: a rate far above all others hides nothing, as it does in
  // the residual. A state less likely than 1/n counts as one of 1/n.
  double balance = 0;
};

Imbalance imbalance(const Csr& inflow, const std::vector<double>& exit_rate, const std::vector<double>& x);

}  // namespace steady::detail
