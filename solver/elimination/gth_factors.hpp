// The factors that elimination without subtractions leaves of a dense generator (Grassmann, Taksar and Heyman 1985).
//
// The last state is censored again and again: what flows through it is shared out among the states before it. State 0
// stays. It may stand for all that is outside a set of states; the factors then are of an M-matrix, A = the exit rates
// of the others less the rates among them, and every entry of what they solve is relatively exact (Alfa, Xue and Ye
// 2002). n^2 numbers, 2/3 n^3 operations.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "formats/base/parallel.hpp"

namespace steady::detail {

template <class Number>
class GthFactors {
 public:
  // `rate`: n x n, entry i n + j of i -> j; the diagonal is never read.
  GthFactors(std::size_t n, std::vector<Number>&& rate) : last_(n - 1), rate_(std::move(rate)), exit_(n, Number(0)) {}

  // Where another elimination has come to.
  template <class Other>
  explicit GthFactors(const GthFactors<Other>& other)
      : last_(other.last_),
        rate_(other.rate_.begin(), other.rate_.end()),
        exit_(other.exit_.begin(), other.exit_.end()) {}

  std::size_t size() const { return exit_.size(); }
  std::size_t last() const { return last_; }  // of the states that have not been censored; 0: done

  void censor() {
    exit_[last_] = exit_rate();
    share_out_last();
  }

  // Does so only if that takes no double near the ends of its range; else nothing is changed.
  bool censor_in_range() {
    exit_[last_] = exit_rate();
    const bool in_range = stays_in_range();
    if (in_range) share_out_last();
    return in_range;
  }

  // The stationary vector x with x(0) = 1; x: all 0.
  template <class Work>
  void stationary(Work* x) const {
    x[0] = 1;
    share_forward(0, x);
  }

  // Solves x A = b; x takes b's place; b(0) counts for nothing, x(0) becomes 0.
  template <class Work>
  void solve_row(Work* b) const {
    const std::size_t n = size();
    for (std::size_t k = n - 1; k > 0; --k) {
      b[k] /= exit_[k];
      for (std::size_t j = 0; j < k; ++j) b[j] += b[k] * rate_[k * n + j];
    }
    b[0] = 0;
    share_forward(1, b);
  }

  // The same with a number for each state but 0.
  template <class Work>
  std::vector<Work> solve_row(std::vector<Work> b) const {
    b.insert(b.begin(), Work(0));
    solve_row(b.data());
    b.erase(b.begin());
    return b;
  }

  // Solves A x = b, b(0) = 0; x takes b's place.
  template <class Work>
  void solve_column(Work* b) const {
    const std::size_t n = size();
    for (std::size_t k = n - 1; k > 0; --k)
      for (std::size_t i = 1; i < k; ++i) b[i] += b[k] * rate_[i * n + k];
    for (std::size_t k = 1; k < n; ++k) {
      for (std::size_t j = 1; j < k; ++j) b[k] += b[j] * rate_[k * n + j];
      b[k] /= exit_[k];
    }
  }

  template <class Work>
  std::vector<Work> solve_column(std::vector<Work> b) const {
    b.insert(b.begin(), Work(0));
    solve_column(b.data());
    b.erase(b.begin());
    return b;
  }

 private:
  template <class>
  friend class GthFactors;

  // Of the last state, to those before it.
  Number exit_rate() const {
    const Number* const from_last = rate_.data() + last_ * size();
    Number exit = 0;
    for (std::size_t j = 0; j < last_; ++j) exit += from_last[j];
    return exit;
  }

  bool stays_in_range() const {
    constexpr double least = 1e-290, most = 1e290;
    const std::size_t n = size(), k = last_;
    const double exit = exit_[k];
    double smallest = most, smallest_to = INFINITY, largest_to = 0;  // rates from the last state, and to it
    for (std::size_t j = 0; j < k; ++j) {
      const double from = rate_[k * n + j], to = rate_[j * n + k];
      if (from > 0) smallest = std::min(smallest, from);
      if (to > 0) smallest_to = std::min(smallest_to, to);
      largest_to = std::max(largest_to, to);
    }
    const double smallest_share = smallest_to / exit;
    return exit >= least && exit <= most && smallest_share >= least && smallest_share * smallest >= least &&
           largest_to / exit <= most;
  }

  void share_out_last() {
    const std::size_t n = size(), k = last_--;
    const Number exit = exit_[k];
    const Number* const from_last = rate_.data() + k * n;
    share_out(k, k > 200, [&](std::size_t i) {
      Number* const row = rate_.data() + i * n;
      if (row[k] == 0) return;
      row[k] /= exit;
      for (std::size_t j = 0; j < k; ++j) row[j] += row[k] * from_last[j];
    });
  }

  // From each state's own to those after it, in ascending order.
  template <class Work>
  void share_forward(std::size_t first, Work* x) const {
    const std::size_t n = size();
    for (std::size_t i = first; i < n; ++i) {
      const Work own = x[i];
      if (own == 0) continue;
      for (std::size_t k = i + 1; k < n; ++k) x[k] += own * rate_[i * n + k];
    }
  }

  std::size_t last_;
  // Below the diagonal: rates from a state when it was the last; above: to it, over its exit rate then.
  std::vector<Number> rate_;
  std::vector<Number> exit_;  // of each state when it was the last
};

}  // namespace steady::detail
