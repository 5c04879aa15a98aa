#include "solver/certify/relative_proof.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/base/block_sum.hpp"
#include "formats/base/larger.hpp"
#include "formats/base/relative_error.hpp"

namespace steady::detail {
namespace {

const Interval nothing_known(NAN, NAN);

// x / (x + y) for all x and y of two intervals of nonnegative numbers. A sum that overflows would be no bound.
Interval part_of(const Interval& x, const Interval& y) {
  if (!std::isfinite(add_up(x.high, y.high))) return nothing_known;
  return {x.low > 0 ? divide_down(x.low, add_up(x.low, y.high)) : 0,
          x.high > 0 ? std::min(divide_up(x.high, add_down(x.high, y.low)), 1.0) : 0};
}

}  // namespace

Interval widened(const Interval& a, double slack) {
  return {std::max(add_down(a.low, -slack), 0.0), std::max(add_up(a.high, slack), 0.0)};
}

struct RelativeProof::Group {
  ExactSum p, weighted;               // sums of p and of p |f|
  double y = 0, weighted_y = 0;       // at least those of y and y |f|
  double least = INFINITY, most = 0;  // |f|

  void add(double size, const Expansion& all, double slack, std::size_t i) {
    for (const std::vector<double>& part : all) {
      p.add(part[i]);
      if (size > 0) weighted.add_product(part[i], size);
    }
    y = add_up(y, slack);
    weighted_y = add_up(weighted_y, multiply_up(size, slack));
    least = std::min(least, size);
    most = std::max(most, size);
  }

  Group& operator+=(const Group& other) {
    p += other.p;
    weighted += other.weighted;
    y = add_up(y, other.y);
    weighted_y = add_up(weighted_y, other.weighted_y);
    least = std::min(least, other.least);
    most = std::max(most, other.most);
    return *this;
  }
};

struct RelativeProof::Sums {
  Group over, under, zero;  // f > 0, f < 0, f = 0

  void spoil() { zero.y = NAN; }
  bool spoilt() const { return std::isnan(zero.y); }

  Sums& operator+=(const Sums& other) {
    over += other.over;
    under += other.under;
    zero += other.zero;
    return *this;
  }
};

// A set of states is bounded by its share beside the others, which is sharp also where it has nearly all.
Interval RelativeProof::share(const Group& group, const Group& others, const Set& set) const {
  if (group.most == 0) return 0.0;
  const auto slack = [&](double y) { return multiply_up(delta_, y); };
  const Interval p = group.p.value(), rest = others.p.value(), weighted = group.weighted.value();
  if (!p.finite() || !rest.finite() || !weighted.finite()) return nothing_known;
  if (!std::isfinite(slack(add_up(group.weighted_y, add_up(group.y, others.y))))) return nothing_known;
  if (group.least == group.most)
    return part_of(widened(p, slack(group.y)), widened(rest, slack(others.y))) * group.most;
  return widened(weighted, slack(group.weighted_y)) / Interval(set.least(), set.most());
}

Interval RelativeProof::bounds(const std::function<double(State)>& f) const {
  if (!arithmetic_is_sound()) return nothing_known;
  const std::vector<Sums> sums = sums_of(f);
  Interval total, range(INFINITY, -INFINITY);
  for (std::size_t s = 0; s < sums.size(); ++s) {
    if (sums[s].spoilt()) return nothing_known;
    const auto& [over, under, zero] = sums[s];
    Group not_over = under, not_under = over;
    not_over += zero;
    not_under += zero;
    total = total + sets_[s].weight * (share(over, not_over, sets_[s]) - share(under, not_under, sets_[s]));
    range.low = std::min(range.low, under.most > 0 ? -under.most : std::min(over.least, zero.least));
    range.high = std::max(range.high, over.most > 0 ? over.most : -std::min(under.least, zero.least));
  }
  if (!total.finite()) return nothing_known;
  return {std::clamp(total.low, range.low, range.high) + 0.0,  // no -0
          std::clamp(total.high, range.low, range.high) + 0.0};
}

std::vector<RelativeProof::Sums> RelativeProof::sums_of(const std::function<double(State)>& f) const {
  const std::vector<State>& block = claim_->block;
  std::vector<Sums> sums(sets_.size());
  const auto add = [&](std::size_t i, Sums& to) {
    const double value = f(static_cast<State>(i));
    Group& group = value > 0 ? to.over : value < 0 ? to.under : to.zero;
    group.add(std::abs(value), claim_->p, y_[i], i);
  };
  if (sets_.size() == 1)
    sums[0] = sum_over_blocks<Sums>(block.size(), [&](std::size_t first, std::size_t last) {
      Sums some;
      if (!arithmetic_is_sound()) some.spoil();
      for (std::size_t i = first; i < last; ++i)
        if (block[i] == 0) add(i, some);
      return some;
    });
  else
    for (std::size_t i = 0; i < block.size(); ++i)
      if (block[i] < sets_.size()) add(i, sums[block[i]]);
  return sums;
}

std::string RelativeProof::measure_sets() {
  sets_.resize(claim_->reference.size());
  const std::vector<Sums> sums = sums_of([](State) { return 0.0; });
  for (std::size_t s = 0; s < sums.size(); ++s) {
    Set& set = sets_[s];
    set.mass = sums[s].zero.p.value();
    set.slack = multiply_up(delta_, sums[s].zero.y);
    const bool held = set.mass.finite() && std::isfinite(set.slack) && std::isfinite(set.most());
    if (!held) return left_the_range;
    if (!(set.least() > 0)) return "the error bound that was found is over 1";
  }
  return "";
}

Interval RelativeProof::bounds(State state) const {
  return arithmetic_is_sound() ? sound_bounds(state) : nothing_known;
}

Interval RelativeProof::sound_bounds(State state) const {
  const State own = claim_->block[state];
  if (own >= sets_.size()) return 0.0;
  const Set& set = sets_[own];
  return set.weight *
         (widened(entry_of(claim_->p, state), multiply_up(delta_, y_[state])) / Interval(set.least(), set.most()));
}

// Where rates may be anything in their intervals, the bounds are not symmetric about what solves the stored ones.
double RelativeProof::value(State state) const {
  if (known_rates_) return middle(sound_bounds(state));
  const State own = claim_->block[state];
  if (own >= sets_.size()) return 0;
  const Set& set = sets_[own];
  return std::max(middle(entry_of(claim_->p, state)), 0.0) / middle(set.mass) * set.claimed_weight;
}

std::vector<double> RelativeProof::distribution() const {
  std::vector<double> pi(claim_->block.size());
  for_each_entry(pi.size(), [&](std::size_t i) { pi[i] = value(static_cast<State>(i)); });
  return pi;
}

double RelativeProof::total_variation(const std::vector<double>& distribution) const {
  if (!arithmetic_is_sound()) return INFINITY;
  struct Sum {
    double value = 0;
    Sum& operator+=(const Sum& other) {
      value = add_up(value, other.value);
      return *this;
    }
  };
  return sum_over_blocks<Sum>(distribution.size(),
                              [&](std::size_t first, std::size_t last) {
                                Sum sum{arithmetic_is_sound() ? 0 : INFINITY};
                                for (std::size_t i = first; i < last; ++i)
                                  sum += {radius(sound_bounds(static_cast<State>(i)), distribution[i])};
                                return sum;
                              })
      .value;
}

double RelativeProof::error() const {
  if (!arithmetic_is_sound()) return INFINITY;
  return sum_over_blocks<Largest>(claim_->block.size(),
                                  [&](std::size_t first, std::size_t last) {
                                    Largest largest{arithmetic_is_sound() ? 0 : INFINITY};
                                    for (std::size_t i = first; i < last; ++i) {
                                      const auto state = static_cast<State>(i);
                                      const Interval bounds = sound_bounds(state);
                                      if (!(bounds.high < std::numeric_limits<double>::min()))
                                        largest += {divide_up(radius(bounds, value(state)), bounds.low)};
                                    }
                                    return largest;
                                  })
      .value;
}

}  // namespace steady::detail
