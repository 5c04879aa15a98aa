// The combination of the last iterates of a method with the smallest residual, in place of the last alone.
//
// De Sterck, Manteuffel, Miller and Sanders 2010 (top-level acceleration of multilevel methods for Markov chains), in
// Anderson's form: x + sum of a(k) (change k of x), with the a for which r + sum of a(k) (change k of r) is smallest in
// the 2-norm. No entry becomes less than a tenth of what it was, so that all stay positive.
// A hierarchy uses it between two visits of a level, too.
// Memory: two inner products and a combination of at most two pairs of vectors; six vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "formats/vectors/number.hpp"

namespace steady::detail {

template <class Vector>
class Recombination {
 public:
  // x: normalised, or of the same total weight each time; r = x Q. x is not normalised afterwards, and r no longer its
  // residual.
  void improve(Vector& x, const Vector& r) {
    keep_change(x, r);
    const std::vector<double> a = best_steps(r);
    if (a.empty()) return;
    const std::vector<Number<Vector>> steps(a.begin(), a.end());
    add_combination(std::span<const Number<Vector>>(steps), std::span<const Vector>(x_change_).last(a.size()), x);
    axpy(-share, x_, x);
    raise_negatives(x);
    axpy(share, x_, x);
  }

  // Forgets all iterates.
  void restart() { known_ = 0; }

 private:
  static constexpr double share = 0.1;  // of an entry that is always left
  static constexpr std::size_t most = 2;

  void keep_change(const Vector& x, const Vector& r) {
    if (x_.size() == 0) x_ = Vector(x.size()), r_ = Vector(x.size());
    if (known_ > 0) {  // the oldest change's room is the latest one's
      if (x_change_.size() < std::min(known_, most)) {
        x_change_.emplace_back(x.size()), r_change_.emplace_back(x.size());
      } else {
        std::swap(x_change_.front(), x_change_.back());
        std::swap(r_change_.front(), r_change_.back());
      }
      copy(x, x_change_.back()), axpy(-1, x_, x_change_.back());
      copy(r, r_change_.back()), axpy(-1, r_, r_change_.back());
    }
    copy(x, x_), copy(r, r_);
    ++known_;
  }

  // Empty where the changes tell nothing.
  std::vector<double> best_steps(const Vector& r) const {
    if (known_ < 2) return {};
    const std::size_t count = std::min(known_ - 1, r_change_.size());  // of these iterates; others are older
    const std::span<const Vector> changes = std::span<const Vector>(r_change_).last(count);
    std::vector<Number<Vector>> products;  // of each change with all, then with r
    for (const Vector& change : changes)
      for (const Vector& other : changes) products.push_back(dot(change, other));
    for (const Vector& change : changes) products.push_back(dot(change, r));
    const std::vector<double> p = values(std::span<const Number<Vector>>(products));
    std::vector<double> a;
    if (count == 1) {
      a = {-p[1] / p[0]};
    } else {
      const double determinant = p[0] * p[3] - p[1] * p[2];
      if (determinant <= 1e-10 * p[0] * p[3])
        a = {0, -p[5] / p[3]};  // they are parallel
      else
        a = {(p[1] * p[5] - p[3] * p[4]) / determinant, (p[2] * p[4] - p[0] * p[5]) / determinant};
    }
    for (const double step : a)
      if (!std::isfinite(step)) return {};
    return a;
  }

  std::size_t known_ = 0;  // iterates
  Vector x_, r_;           // before the last change
  std::vector<Vector> x_change_, r_change_;
};

}  // namespace steady::detail
