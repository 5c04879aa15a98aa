#include "solver/certify/checker.hpp"

#include <exception>
#include <string>
#include <utility>

#include "formats/base/block_sum.hpp"
#include "formats/base/fused.hpp"

namespace steady::detail {
namespace {

// A sum of upper bounds, upward.
struct UpperSum {
  double value = 0;
  UpperSum& operator+=(const UpperSum& other) {
    value = add_up(value, other.value);
    return *this;
  }
};

// The states that can be reached from those given, along the rows of `next`.
std::vector<bool> reachable(const Csr& next, std::vector<State> from) {
  std::vector<bool> seen(next.rows(), false);
  for (const State state : from) seen[state] = true;
  while (!from.empty()) {
    const State i = from.back();
    from.pop_back();
    for (std::uint64_t k = next.row_start[i]; k < next.row_start[i + std::size_t{1}]; ++k)
      if (!seen[next.column[k]]) {
        seen[next.column[k]] = true;
        from.push_back(next.column[k]);
      }
  }
  return seen;
}

// What an error e of the rates from one state can add to a bound, however long the chain takes to hit its reference.
double tree_slack(double e) { return divide_up(e, add_down(1, -e)); }

bool fits(const Expansion& x, std::size_t states) {
  return std::all_of(x.begin(), x.end(), [&](const auto& part) { return part.size() == states; });
}

}  // namespace

Checker::Checker(const Chain& chain)
    : chain_(chain), outflow_(transpose(chain.inflow, Checked::yes)), exits_(exact_exits(chain.inflow)) {}

// The sum over k of rows(i,k) x(k), less (exit rate of i) x(i), which is that of all rates from i.
template <class Sum>
Interval Checker::entry(const Csr& rows, std::size_t i, const Expansion& x) const {
  const Exit& exit = exits_[i];
  Sum sum;
  double error = 0;
  for (const std::vector<double>& part : x) {
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k)
      sum.add_product(rows.value[k], part[rows.column[k]]);
    sum.add_product(exit.high, -part[i]);
    if (exit.low != 0) sum.add_product(exit.low, -part[i]);
    error = add_up(error, multiply_up(exit.error, std::abs(part[i])));
  }
  return sum.value() + Interval(-error, error);
}

// One or two doubles a state are multiplied in twice their precision, more of them exactly, as far as four doubles can
// hold the sums.
std::vector<Interval> Checker::product(const Csr& rows, const Expansion& x) const {
  std::vector<Interval> result(rows.rows());
  sum_over_blocks<int>(rows.rows(), [&](std::size_t first, std::size_t last) {
    return fused([&] {
      const bool sound = arithmetic_is_sound();
      for (std::size_t i = first; i < last; ++i)
        if (!sound)
          result[i] = Interval(NAN);
        else
          result[i] = x.size() <= 2 ? entry<EnclosedSum>(rows, i, x) : entry<ExactSum>(rows, i, x);
      return 0;
    });
  });
  return result;
}

// Why the sets are not what they should be: closed, each with a reference state, and surely entered at last from
// wherever the chain can start. Empty if they are.
std::string Checker::refute_sets(const Expansion& visiting_times) const {
  const std::size_t n = chain_.size();
  if (sets_.component.size() != n || sets_.reference.empty()) return "the closed sets do not fit the chain";
  struct Found {
    std::size_t inside = 0, not_there = 0, leaving = 0;  // states
    Found& operator+=(const Found& other) {
      inside += other.inside, not_there += other.not_there, leaving += other.leaving;
      return *this;
    }
  };
  const Found found = sum_over_blocks<Found>(n, [&](std::size_t first, std::size_t last) {
    Found block;
    for (std::size_t i = first; i < last; ++i) {
      const State own = sets_.component[i];
      if (own == no_component) continue;
      ++block.inside;
      block.not_there += own >= sets_.reference.size() ? 1 : 0;
      bool leaves = false;
      for (std::uint64_t k = outflow_.row_start[i]; k < outflow_.row_start[i + 1]; ++k)
        leaves = leaves || sets_.component[outflow_.column[k]] != own;
      block.leaving += leaves ? 1 : 0;
    }
    return block;
  });
  if (found.not_there > 0) return "a state is in a closed set that is not there";
  if (found.leaving > 0) return "a set is not closed";
  for (std::size_t s = 0; s < sets_.reference.size(); ++s)
    if (sets_.reference[s] >= n || sets_.component[sets_.reference[s]] != s)
      return "a reference state is not in its closed set";
  if (found.inside == n) return "";

  std::vector<State> start, inside;
  for (std::size_t i = 0; i < n; ++i)
    if (sets_.component[i] != no_component) inside.push_back(static_cast<State>(i));
  for (const auto& [state, probability] : chain_.initial)
    if (probability > 0) start.push_back(state);
  const std::vector<bool> met = reachable(outflow_, std::move(start));
  const std::vector<bool> absorbed = reachable(chain_.inflow, std::move(inside));
  for (std::size_t i = 0; i < n; ++i) {
    if (absorbed[i]) continue;
    if (met[i]) return "from some state no closed set is reached";
    for (const std::vector<double>& y : visiting_times)
      if (y[i] != 0) return "a visiting time where no closed set is reached";
  }
  return "";
}

// Why the rates are not known well enough: empty if they are, so that no chain within the errors has other transitions.
std::string Checker::refute_rates() const {
  const std::vector<double>& error = chain_.rate_error;
  const auto unknown = std::find_if(error.begin(), error.end(), [](double e) { return !(e < 1); });
  if (unknown == error.end()) return "";
  return "a rate from state " + std::to_string(unknown - error.begin()) + " may be 0 for all that is known of it";
}

// s such that (Q h)(i) <= -s for every state of a closed set but the references; h >= 0, and 0 at the references.
// Not positive: h proves nothing.
void Checker::find_drift() {
  const std::vector<Interval> qh = product(outflow_, hitting_times_);
  std::vector<Interval> h(chain_.rate_error.empty() ? 0 : qh.size());
  struct Least {
    double value = std::numeric_limits<double>::max();  // as it is where every state is a reference
    bool usable = true;
    Least& operator+=(const Least& other) {
      value = std::min(value, other.value);
      usable = usable && other.usable;
      return *this;
    }
  };
  const Least least = sum_over_blocks<Least>(qh.size(), [&](std::size_t first, std::size_t last) {
    Least block;
    for (std::size_t i = first; i < last; ++i) {
      if (sets_.component[i] == no_component) continue;
      const Interval time = entry_of(hitting_times_, i);
      if (!h.empty()) h[i] = time;
      if (sets_.reference[sets_.component[i]] == i)
        block += {block.value, time.low == 0 && time.high == 0};
      else
        block += {-qh[i].high, qh[i].finite() && time.finite() && time.low >= 0};
    }
    return block;
  });
  if (!least.usable) return;
  drift_ = least.value;
  if (drift_ > 0 && !chain_.rate_error.empty()) find_sensitivity(h, qh);
}

// At least the sum over k of (rate from i to k) size(k).
template <class Size>
double Checker::outflow_of(std::size_t i, Size size) const {
  UpperSum sum;
  for (std::uint64_t k = outflow_.row_start[i]; k < outflow_.row_start[i + 1]; ++k)
    sum += {multiply_up(outflow_.value[k], size(outflow_.column[k]))};
  return sum.value;
}

// Lowers s to that of every chain within the errors, if it is not much less, and finds the sensitivities, which that
// gives a meaning; else they are infinite.
void Checker::find_sensitivity(const std::vector<Interval>& h, const std::vector<Interval>& qh) {
  const std::vector<double>& error = chain_.rate_error;
  sensitivity_.assign(h.size(), INFINITY);
  std::vector<double> least(h.size(), drift_);
  sum_over_blocks<int>(h.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      if (sets_.component[i] == no_component) continue;
      const double leaves = outflow_of(i, [&](State k) { return add_up(h[k].high, h[i].high); });
      sensitivity_[i] = multiply_up(error[i], leaves);
      if (sets_.reference[sets_.component[i]] == i) continue;
      const double change = outflow_of(i, [&](State k) { return magnitude(h[k] - h[i]); });
      least[i] = add_down(-qh[i].high, -multiply_up(error[i], change));
    }
    return 0;
  });
  double least_of_all = drift_;
  for (const double s : least) least_of_all = s >= drift_ / 2 ? std::min(s, least_of_all) : 0;
  if (least_of_all > 0) drift_ = least_of_all;
  for (double& x : sensitivity_) x = least_of_all > 0 ? divide_up(x, drift_) : INFINITY;
}

// What the errors of the rates from the states outside can add to the bound.
double Checker::outside_slack(const Expansion& visiting_times) const {
  ExactSum total;
  for (const StateProbability& start : chain_.initial) total.add(start.probability);
  double sum = 0;
  for (std::size_t i = 0; i < chain_.rate_error.size(); ++i) {
    if (sets_.component[i] != no_component) continue;
    const double visits = multiply_up(magnitude(entry_of(visiting_times, i)), outflow_of(i, [](State) { return 1.0; }));
    const double by_visits = multiply_up(chain_.rate_error[i], visits);
    sum = add_up(sum, std::min(tree_slack(chain_.rate_error[i]), (Interval(by_visits) / total.value()).high));
  }
  return sum;
}

// What the errors of all rates can add to the bound of p: for each state the less of the two.
double Checker::rate_slack(const Expansion& p, const Interval& mass) const {
  return sum_over_blocks<UpperSum>(
             chain_.rate_error.size(),
             [&](std::size_t first, std::size_t last) {
               UpperSum sum;
               for (std::size_t i = first; i < last; ++i) {
                 if (sets_.component[i] == no_component) continue;
                 const double by_times = multiply_up(magnitude(entry_of(p, i)), sensitivity_[i]);
                 sum += {std::min(tree_slack(chain_.rate_error[i]), (Interval(by_times) / mass).high)};
               }
               return sum;
             })
      .value;
}

// The probabilities to end in each set, w_s/a but for an error whose sum is at most that of |rho(i)|/a: w_s = a(s) +
// flow of y into s, rho = a + y Q outside, a the initial distribution, whose sum is about 1.
void Checker::weigh(const Expansion& visiting_times) {
  const std::vector<Interval> flow = row_product(visiting_times);
  std::vector<Interval> start(chain_.size());
  ExactSum total;
  for (const auto& [state, probability] : chain_.initial) {
    start[state] = start[state] + probability;
    total.add(probability);
  }
  weights_.assign(sets_.reference.size(), 0.0);
  double error = 0;
  for (std::size_t i = 0; i < flow.size(); ++i) {
    const State own = sets_.component[i];
    const Interval arrived = start[i] + flow[i];
    if (own == no_component)
      error = add_up(error, magnitude(arrived));
    else
      weights_[own] = weights_[own] + arrived;
    for (const std::vector<double>& y : visiting_times)
      if (own != no_component && y[i] != 0) error = NAN;
  }
  for (Interval& weight : weights_) weight = weight / total.value();
  weight_slack_ = Interval(error) / total.value();
}

// How far the masses of the sets can be from the probabilities to end there, in total variation: half the sum.
Interval Checker::weight_error(const Expansion& p, const Interval& mass) const {
  std::vector<ExactSum> masses(weights_.size());
  for (std::size_t i = 0; i < sets_.component.size(); ++i)
    for (const std::vector<double>& part : p)
      if (sets_.component[i] != no_component) masses[sets_.component[i]].add(part[i]);
  Interval sum = weight_slack_;
  for (std::size_t s = 0; s < masses.size(); ++s) sum = sum + magnitude(masses[s].value() / mass - weights_[s]);
  return sum * 0.5;
}

std::string Checker::accept(LongRun sets, Expansion hitting_times, Expansion visiting_times) {
  drift_ = 0;
  sets_ = std::move(sets);
  hitting_times_ = std::move(hitting_times);
  if (!fits(hitting_times_, chain_.size()) || !fits(visiting_times, chain_.size()))
    return "a witness does not fit the chain";
  std::string reason = refute_sets(visiting_times);
  if (reason.empty()) reason = refute_rates();
  if (!reason.empty()) return reason;
  outside_slack_ = 0;
  if (sets_.reference.size() > 1) {
    weigh(visiting_times);
    outside_slack_ = outside_slack(visiting_times);
  }
  find_drift();
  return drift_ > 0 ? "" : "the hitting times are not exact enough to prove anything";
}

Proof Checker::check(const Expansion& p) const {
  Proof proof;
  if (!(drift_ > 0)) return proof.reason = "the hitting times are not exact enough to prove anything", proof;
  if (p.empty() || !fits(p, chain_.size())) return proof.reason = "the distribution does not fit the chain", proof;
  proof.mass = mass_of(p);
  if (!proof.mass.finite() || !(proof.mass.low > 0)) return proof.reason = "the mass is not positive", proof;

  proof.residual = row_product(p);
  const UpperSum weighted = sum_over_blocks<UpperSum>(chain_.size(), [&](std::size_t first, std::size_t last) {
    UpperSum sum;  // of |r(i)| h(i)
    for (std::size_t i = first; i < last; ++i) {
      if (sets_.component[i] != no_component) {
        sum += {multiply_up(magnitude(proof.residual[i]), entry_of(hitting_times_, i).high)};
        continue;
      }
      for (const std::vector<double>& part : p)
        if (part[i] != 0) sum.value = NAN;
    }
    return sum;
  });
  Interval bound = Interval(weighted.value) / drift_ / proof.mass;
  if (sets_.reference.size() > 1) bound = bound + weight_error(p, proof.mass);
  bound = bound + (Interval(outside_slack_) + rate_slack(p, proof.mass));
  if (!bound.finite()) return proof.reason = "a number left the range of doubles", proof;
  proof.holds = true;
  proof.total_variation = bound.high;
  return proof;
}

Proof Checker::check(const LongRun& sets, const Witness& witness) {
  Proof proof;
  proof.reason = accept(sets, witness.hitting_times, witness.visiting_times);
  return proof.reason.empty() ? check(witness.distribution) : proof;
}

Interval entry_of(const Expansion& x, std::size_t i) {
  ExactSum sum;
  for (const std::vector<double>& part : x) sum.add(part[i]);
  return sum.value();
}

Interval mass_of(const Expansion& x) {
  const std::size_t n = x.empty() ? 0 : x.front().size();
  return sum_over_blocks<ExactSum>(n,
                                   [&](std::size_t first, std::size_t last) {
                                     ExactSum sum;
                                     for (const std::vector<double>& part : x)
                                       for (std::size_t i = first; i < last; ++i) sum.add(part[i]);
                                     return sum;
                                   })
      .value();
}

Interval distance(const std::vector<double>& q, const Expansion& p, const Interval& m) {
  struct Differences {
    Interval above, below;
    Differences& operator+=(const Differences& other) {
      above = above + other.above;
      below = below + other.below;
      return *this;
    }
  };
  const Differences sum = sum_over_blocks<Differences>(q.size(), [&](std::size_t first, std::size_t last) {
    Differences block;
    for (std::size_t i = first; i < last; ++i) {
      const Interval difference = Interval(q[i]) - entry_of(p, i) / m;
      if (!difference.finite()) block.above = {NAN, NAN};
      block.above = block.above + Interval(std::max(difference.low, 0.0), std::max(difference.high, 0.0));
      block.below = block.below + Interval(std::max(-difference.high, 0.0), std::max(-difference.low, 0.0));
    }
    return block;
  });
  if (!sum.above.finite() || !sum.below.finite()) return {NAN, NAN};
  return {std::max(sum.above.low, sum.below.low), std::max(sum.above.high, sum.below.high)};
}

Interval expectation(const std::function<double(State)>& f, const Expansion& p, const Interval& m) {
  std::exception_ptr failure;  // none may leave a thread
  const ExactSum sum = sum_over_blocks<ExactSum>(p.front().size(), [&](std::size_t first, std::size_t last) {
    ExactSum block;
    try {
      for (std::size_t i = first; i < last; ++i) {
        const double value = f(static_cast<State>(i));
        for (const std::vector<double>& part : p) block.add_product(part[i], value);
      }
    } catch (...) {
#pragma omp critical
      failure = std::current_exception();
    }
    return block;
  });
  if (failure) std::rethrow_exception(failure);
  return sum.value() / m;
}

}  // namespace steady::detail
