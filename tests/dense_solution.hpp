// The stationary distribution of a small irreducible chain by dense elimination without subtractions
// (Grassmann, Taksar and Heyman, 1985): what tests compare with.
#pragma once

#include <vector>

#include <steady/chain.hpp>
#include <steady/measures.hpp>

namespace steady::tests {

inline std::vector<double> dense_stationary(const Chain& chain) {
  const std::size_t n = chain.size();
  std::vector<double> a(n * n);  // a[i n + j]: rate of i -> j
  for (std::size_t j = 0; j < n; ++j)
    for (std::uint64_t k = chain.inflow.row_start[j]; k < chain.inflow.row_start[j + 1]; ++k)
      a[chain.inflow.column[k] * n + j] = chain.inflow.value[k];
  for (std::size_t m = n; m-- > 1;) {
    double out = 0;
    for (std::size_t j = 0; j < m; ++j) out += a[m * n + j];
    for (std::size_t i = 0; i < m; ++i) {
      const double factor = a[i * n + m] /= out;
      if (factor == 0) continue;
      for (std::size_t j = 0; j < m; ++j) a[i * n + j] += factor * a[m * n + j];
    }
  }
  std::vector<double> pi(n);
  pi[0] = 1;
  double total = 1;
  for (std::size_t m = 1; m < n; ++m) {
    for (std::size_t i = 0; i < m; ++i) pi[m] += pi[i] * a[i * n + m];
    total += pi[m];
  }
  for (double& p : pi) p /= total;
  return pi;
}

// The long-run average of a function of the state.
template <class F>
double dense_average(const Chain& chain, F&& value) {
  const std::vector<double> pi = dense_stationary(chain);
  double sum = 0;
  for (std::size_t s = 0; s < pi.size(); ++s) sum += pi[s] * value(static_cast<State>(s));
  return sum;
}

}  // namespace steady::tests
