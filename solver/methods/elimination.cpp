#include "solver/methods/elimination.hpp"

#include "formats/in_parallel.hpp"

namespace steady {

Elimination::Elimination(std::size_t n, std::vector<double>&& rate, const std::function<bool()>& stop)
    : rate_(std::move(rate)), exit_(n, 0.0) {
  for (std::size_t k = n - 1; k > 0; --k) {
    if (k % 16 == 0 && stop()) {
      done_ = false;
      return;
    }
    const double* const from_last = rate_.data() + k * n;
    double exit = 0;
    for (std::size_t j = 0; j < k; ++j) exit += from_last[j];
    exit_[k] = exit;
    share_out(k, k > 200, [&](std::size_t i) {
      double* const row = rate_.data() + i * n;
      if (row[k] == 0) return;
      row[k] /= exit;
      for (std::size_t j = 0; j < k; ++j) row[j] += row[k] * from_last[j];
    });
  }
}

std::vector<double> Elimination::stationary() const {
  const std::size_t n = size();
  std::vector<double> x(n, 0.0);
  x[0] = 1;
  double total = 1;
  for (std::size_t k = 1; k < n; ++k) {
    for (std::size_t i = 0; i < k; ++i) x[k] += x[i] * rate_[i * n + k];
    total += x[k];
    if (total > 1e150) {  // probabilities may span more than a double's range
      for (std::size_t i = 0; i <= k; ++i) x[i] *= 1e-150;
      total *= 1e-150;
    }
  }
  for (double& entry : x) entry /= total;
  return x;
}

void Elimination::solve(double* b) const {
  const std::size_t n = size();
  for (std::size_t k = n - 1; k > 0; --k) {
    b[k] /= exit_[k];
    for (std::size_t j = 0; j < k; ++j) b[j] += b[k] * rate_[k * n + j];
  }
  b[0] = 0;
  for (std::size_t k = 1; k < n; ++k)
    for (std::size_t i = 0; i < k; ++i) b[k] += b[i] * rate_[i * n + k];
}

}  // namespace steady
