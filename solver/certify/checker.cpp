#include "solver/certify/checker.hpp"

#include <exception>
#include <utility>

#include "solver/device/host.hpp"

namespace steady {
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

bool fits(const Parts& x, std::size_t states) {
  return std::all_of(x.begin(), x.end(), [&](const auto& part) { return part.size() == states; });
}

}  // namespace

Checker::Checker(const Chain& chain) : chain_(chain), outflow_(transpose(chain.inflow)) {}

// The sum over k of rows(i,k) x(k), less (exit rate of i) x(i). Products and sums are exact but for what four doubles
// cannot hold.
Interval Checker::entry(const Csr& rows, std::size_t i, const Parts& x) const {
  ExactSum sum, exit;
  for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k)
    for (const std::vector<double>& part : x)
      if (part[rows.column[k]] != 0) sum.add_product(rows.value[k], part[rows.column[k]]);
  for (std::uint64_t k = outflow_.row_start[i]; k < outflow_.row_start[i + 1]; ++k) exit.add(outflow_.value[k]);
  for (const std::vector<double>& part : x)
    if (part[i] != 0) sum.add_product(exit, -part[i]);
  return sum.value();
}

std::vector<Interval> Checker::product(const Csr& rows, const Parts& x) const {
  std::vector<Interval> result(rows.rows());
  sum_over_blocks<int>(rows.rows(), [&](std::size_t first, std::size_t last) {
    const bool sound = arithmetic_is_sound();
    for (std::size_t i = first; i < last; ++i) result[i] = sound ? entry(rows, i, x) : Interval(NAN);
    return 0;
  });
  return result;
}

// Why the sets are not what they should be: closed, each with a reference state, and surely entered at last from
// wherever the chain can start. Empty if they are.
std::string Checker::refute_sets(const Parts& visiting_times) const {
  const std::size_t n = chain_.size();
  if (sets_.component.size() != n || sets_.reference.empty()) return "the closed sets do not fit the chain";
  std::vector<State> inside;
  for (std::size_t i = 0; i < n; ++i) {
    const State own = sets_.component[i];
    if (own == no_component) continue;
    if (own >= sets_.reference.size()) return "a state is in a closed set that is not there";
    inside.push_back(static_cast<State>(i));
    for (std::uint64_t k = outflow_.row_start[i]; k < outflow_.row_start[i + 1]; ++k)
      if (sets_.component[outflow_.column[k]] != own) return "a set is not closed";
  }
  for (std::size_t s = 0; s < sets_.reference.size(); ++s)
    if (sets_.reference[s] >= n || sets_.component[sets_.reference[s]] != s)
      return "a reference state is not in its closed set";
  if (inside.size() == n) return "";

  std::vector<State> start;
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

// s such that (Q h)(i) <= -s for every state of a closed set but the references; h >= 0, and 0 at the references.
// Not positive: h proves nothing.
double Checker::drift() const {
  const std::vector<Interval> qh = product(outflow_, hitting_times_);
  double least = std::numeric_limits<double>::max();  // as it is where every state is a reference
  for (std::size_t i = 0; i < qh.size(); ++i) {
    if (sets_.component[i] == no_component) continue;
    const Interval h = entry_of(hitting_times_, i);
    if (sets_.reference[sets_.component[i]] == i) {
      if (h.low != 0 || h.high != 0) return 0;
      continue;
    }
    if (!qh[i].finite() || !h.finite() || !(h.low >= 0)) return 0;
    least = std::min(least, -qh[i].high);
  }
  return least;
}

// The probabilities to end in each set, w_s/a but for an error whose sum is at most that of |rho(i)|/a: w_s = a(s) +
// flow of y into s, rho = a + y Q outside, a the initial distribution, whose sum is about 1.
void Checker::weigh(const Parts& visiting_times) {
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
Interval Checker::weight_error(const Parts& p, const Interval& mass) const {
  std::vector<ExactSum> masses(weights_.size());
  for (std::size_t i = 0; i < sets_.component.size(); ++i)
    for (const std::vector<double>& part : p)
      if (sets_.component[i] != no_component) masses[sets_.component[i]].add(part[i]);
  Interval sum = weight_slack_;
  for (std::size_t s = 0; s < masses.size(); ++s) sum = sum + magnitude(masses[s].value() / mass - weights_[s]);
  return sum * 0.5;
}

std::string Checker::accept(LongRun sets, Parts hitting_times, Parts visiting_times) {
  drift_ = 0;
  sets_ = std::move(sets);
  hitting_times_ = std::move(hitting_times);
  if (!fits(hitting_times_, chain_.size()) || !fits(visiting_times, chain_.size()))
    return "a witness does not fit the chain";
  std::string reason = refute_sets(visiting_times);
  if (!reason.empty()) return reason;
  if (sets_.reference.size() > 1) weigh(visiting_times);
  drift_ = drift();
  return drift_ > 0 ? "" : "the hitting times are not exact enough to prove anything";
}

Proof Checker::check(const Parts& p) const {
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

Interval entry_of(const Parts& x, std::size_t i) {
  ExactSum sum;
  for (const std::vector<double>& part : x) sum.add(part[i]);
  return sum.value();
}

Interval mass_of(const Parts& x) {
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

Interval distance(const std::vector<double>& q, const Parts& p, const Interval& m) {
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

Interval expectation(const std::function<double(State)>& f, const Parts& p, const Interval& m) {
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

}  // namespace steady
