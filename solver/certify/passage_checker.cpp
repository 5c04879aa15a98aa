#include "solver/certify/passage_checker.hpp"

#include <algorithm>
#include <limits>

namespace steady::detail {

// What the errors of the rates from a state can change in (Q x)(i).
double PassageChecker::uncertainty(const Expansion& x, std::size_t i) const {
  if (chain_.rate_error.empty()) return 0;
  const Csr& out = checker_.outflow();
  double sum = 0;
  for (std::uint64_t k = out.row_start[i]; k < out.row_start[i + 1]; ++k)
    sum = add_up(sum, multiply_up(out.value[k], magnitude(entry_of(x, out.column[k]) - entry_of(x, i))));
  return multiply_up(chain_.rate_error[i], sum);
}

std::string PassageChecker::accept(const Expansion& w) {
  const Csr& out = checker_.outflow();
  const std::vector<Interval> product = column_product(w);
  least_.assign(chain_.size(), 0.0);
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    const Interval time = entry_of(w, i);
    if (!(time.low >= 0) || (!inside_[i] && time.high != 0)) return "a hitting time is no time";
    if (!inside_[i]) continue;
    if (!chain_.rate_error.empty() && !(chain_.rate_error[i] < 1))
      return "a rate from state " + std::to_string(i) + " may be 0 for all that is known of it";
    for (std::uint64_t k = out.row_start[i]; k < out.row_start[i + 1]; ++k)
      if (!inside_[out.column[k]] && !target_[out.column[k]]) return "a state leads astray";
    least_[i] = add_down(-product[i].high, -uncertainty(w, i));
    if (!(least_[i] > 0)) return "the hitting times are not exact enough to prove anything";
  }
  return "";
}

double PassageChecker::drift() const {
  double least = std::numeric_limits<double>::max();  // as it is where U is empty
  for (std::size_t i = 0; i < least_.size(); ++i)
    if (inside_[i]) least = std::min(least, least_[i]);
  return least;
}

double PassageChecker::check(const Expansion& h, const std::vector<Interval>& product,
                             const std::vector<double>& earned) const {
  double delta = 0;
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    if (!inside_[i]) continue;
    const double off = add_up(magnitude(product[i] + earned[i]), uncertainty(h, i));
    if (!std::isfinite(off)) return INFINITY;
    delta = std::max(delta, divide_up(off, least_[i]));
  }
  return delta;
}

}  // namespace steady::detail
