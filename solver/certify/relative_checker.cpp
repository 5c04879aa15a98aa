#include "solver/certify/relative_checker.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/base/block_sum.hpp"
#include "formats/base/fused.hpp"
#include "formats/base/larger.hpp"

namespace steady::detail {
namespace {

const char* const unsound = "sums are not rounded to nearest here, or subnormal numbers are lost";

// At least |x(i)|.
double size_of(const Expansion& x, std::size_t i) {
  double size = 0;
  for (const std::vector<double>& part : x) size = add_up(size, std::abs(part[i]));
  return size;
}

}  // namespace

RelativeChecker::RelativeChecker(const Chain& chain) : chain_(chain), exit_(exact_exits(chain.inflow)) {}

// (x Q)(i). One or two doubles a state are multiplied in twice their precision, more of them exactly, as far as four
// doubles can hold the sums.
Interval RelativeChecker::flow(const Expansion& x, std::size_t i) const {
  return x.size() <= 2 ? flow_by<EnclosedSum>(x, i) : flow_by<ExactSum>(x, i);
}

Interval RelativeChecker::slack(const Expansion& y, std::size_t i) const { return -flow(y, i); }

template <class Sum>
Interval RelativeChecker::flow_by(const Expansion& x, std::size_t i) const {
  const Csr& rows = chain_.inflow;
  const std::vector<State>& block = claim_->block;
  const Exit& exit = exit_[i];
  Sum sum;
  double error = 0;
  for (const std::vector<double>& part : x) {
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k)
      if (block[rows.column[k]] == block[i]) sum.add_product(rows.value[k], part[rows.column[k]]);
    sum.add_product(exit.high, -part[i]);
    if (exit.low != 0) sum.add_product(exit.low, -part[i]);
    error = add_up(error, multiply_up(exit.error, std::abs(part[i])));
  }
  return sum.value() + Interval(-error, error);
}

// At least what the errors of the rates can change of (x Q)(i).
double RelativeChecker::uncertainty(const Expansion& x, std::size_t i) const {
  const std::vector<double>& e = chain_.rate_error;
  if (e.empty()) return 0;
  const Csr& rows = chain_.inflow;
  const double exit = add_up(add_up(exit_[i].high, std::abs(exit_[i].low)), exit_[i].error);
  double sum = multiply_up(e[i], multiply_up(exit, size_of(x, i)));
  for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k) {
    const State from = rows.column[k];
    if (claim_->block[from] == claim_->block[i])
      sum = add_up(sum, multiply_up(e[from], multiply_up(rows.value[k], size_of(x, from))));
  }
  return sum;
}

// Why the blocks are not what they should be: each closed set closed and with a reference, nothing reached from them
// and from T but they themselves, which is where the chain starts. Empty if they are.
std::string RelativeChecker::refute_blocks() const {
  const auto& [block, reference, p, start] = *claim_;
  const std::size_t n = chain_.size(), sets = reference.size();
  const bool fits = std::all_of(p.begin(), p.end(), [&](const auto& part) { return part.size() == n; });
  if (block.size() != n || sets == 0 || p.empty() || !fits) return "what is claimed does not fit the chain";
  if (!(start > 0) || !std::isfinite(start)) return "the factor of the times outside the closed sets is not positive";
  for (std::size_t s = 0; s < sets; ++s) {
    if (reference[s] >= n || block[reference[s]] != s) return "a reference state is not in its closed set";
    if (!(entry_of(p, reference[s]).low > 0)) return "a reference state has no probability";
  }
  for (const auto& [state, probability] : chain_.initial)
    if (probability > 0 && block[state] == no_component) return "the chain starts in a state that is never reached";
  struct Wrong {
    std::size_t states = 0;
    Wrong& operator+=(const Wrong& other) { return states += other.states, *this; }
  };
  const Csr& rows = chain_.inflow;
  const Wrong wrong = sum_over_blocks<Wrong>(n, [&](std::size_t first, std::size_t last) {
    Wrong some;
    for (std::size_t i = first; i < last; ++i) {
      bool entered = block[i] != no_component && block[i] > sets;
      for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k) {
        const State from = block[rows.column[k]];
        entered = entered || (from < sets && from != block[i]) || (from == sets && block[i] == no_component);
      }
      some.states += entered ? 1 : 0;
    }
    return some;
  });
  return wrong.states > 0 ? "a set is not closed" : "";
}

bool RelativeChecker::matters(std::size_t i) const {
  const std::size_t block = claim_->block[i], sets = claim_->reference.size();
  return block < sets ? claim_->reference[block] != i : block == sets && sets > 1;
}

std::string RelativeChecker::accept(Proportions claim) {
  claim_.reset();
  if (!arithmetic_is_sound()) return unsound;
  claim_ = std::make_shared<const Proportions>(std::move(claim));
  residual_.assign(chain_.size(), 0.0);
  std::string reason = refute_blocks();
  if (!reason.empty()) return claim_.reset(), reason;
  sum_over_blocks<int>(residual_.size(), [&](std::size_t first, std::size_t last) {
    return fused([&] {
      const bool sound = arithmetic_is_sound();
      for (std::size_t i = first; i < last; ++i) {
        if (!matters(i)) continue;
        residual_[i] = sound ? flow(claim_->p, i) : Interval(NAN);
      }
      return 0;
    });
  });
  for (const auto& [state, probability] : chain_.initial)
    if (claim_->block[state] == claim_->reference.size() && matters(state))
      residual_[state] = residual_[state] + Interval(claim_->start) * probability;
  return "";
}

double RelativeChecker::imbalance(std::size_t i) const {
  return matters(i) ? add_up(magnitude(residual_[i]), uncertainty(claim_->p, i)) : 0;
}

double RelativeChecker::relative_imbalance(double least) const {
  return sum_over_blocks<Largest>(residual_.size(),
                                  [&](std::size_t first, std::size_t last) {
                                    Largest largest;
                                    for (std::size_t i = first; i < last; ++i) {
                                      const double p = entry_of(claim_->p, i).low;
                                      if (matters(i) && claim_->block[i] < claim_->reference.size() && p >= least)
                                        largest += {magnitude(residual_[i]) / (p * exit_[i].high)};
                                    }
                                    return largest;
                                  })
      .value;
}

// The least delta; infinite or not a number where y is no witness.
double RelativeChecker::find_delta(const Expansion& y) const {
  const auto& [block, reference, p, start] = *claim_;
  const auto delta = [&](std::size_t i) {
    if (block[i] == no_component) return 0.0;
    const Interval size = entry_of(y, i);
    if (block[i] < reference.size() && reference[block[i]] == i)
      return size.low == 0 && size.high == 0 ? 0.0 : INFINITY;
    const double s = add_down(slack(y, i).low, -uncertainty(y, i));
    const bool usable = size.low >= 0 && size.finite() && s > 0;
    return usable ? divide_up(imbalance(i), s) : INFINITY;
  };
  return sum_over_blocks<Largest>(block.size(),
                                  [&](std::size_t first, std::size_t last) {
                                    return fused([&] {
                                      Largest largest{arithmetic_is_sound() ? 0 : INFINITY};
                                      for (std::size_t i = first; i < last; ++i) largest += {delta(i)};
                                      return largest;
                                    });
                                  })
      .value;
}

RelativeProof RelativeChecker::check(const Expansion& y) const {
  if (!claim_) return RelativeProof("nothing is claimed");
  if (!arithmetic_is_sound()) return RelativeProof(unsound);
  const auto fits = [&](const std::vector<double>& part) { return part.size() == chain_.size(); };
  if (!std::all_of(y.begin(), y.end(), fits)) return RelativeProof("the witness does not fit the chain");
  RelativeProof proof("");
  proof.delta_ = find_delta(y);
  if (!std::isfinite(proof.delta_)) return RelativeProof("no witness of the error was found that is exact enough");
  proof.y_.resize(chain_.size());
  sum_over_blocks<int>(chain_.size(), [&](std::size_t first, std::size_t last) {
    const bool sound = arithmetic_is_sound();
    for (std::size_t i = first; i < last; ++i) proof.y_[i] = sound ? entry_of(y, i).high : NAN;
    return 0;
  });
  proof.claim_ = claim_;
  proof.known_rates_ = chain_.rate_error.empty();
  std::string reason = proof.measure_sets();
  if (!reason.empty()) return RelativeProof(std::move(reason));
  if (proof.sets_.size() > 1) weigh(proof);
  const auto weighed = [](const RelativeProof::Set& set) { return set.weight.finite(); };
  return std::all_of(proof.sets_.begin(), proof.sets_.end(), weighed) ? proof : RelativeProof(left_the_range);
}

// The probabilities to end in each set: what starts there and what flows in from T, over what starts at all.
void RelativeChecker::weigh(RelativeProof& proof) const {
  const auto& [block, reference, p, start] = *claim_;
  const State outside = static_cast<State>(reference.size());
  std::vector<ExactSum> low(outside), high(outside);
  ExactSum total;
  for (const auto& [state, probability] : chain_.initial) {
    total.add(probability);
    if (block[state] >= outside) continue;
    low[block[state]].add_product(start, probability);
    high[block[state]].add_product(start, probability);
  }
  std::vector<ExactSum> stored = low;
  const Csr& rows = chain_.inflow;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (block[i] >= outside) continue;
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k) {
      const State from = rows.column[k];
      if (block[from] != outside) continue;
      const Interval claimed = entry_of(p, from);
      const Interval time = widened(claimed, multiply_up(proof.delta_, proof.y_[from]));
      const double e = chain_.rate_error.empty() ? 0 : chain_.rate_error[from];
      const Interval rate = Interval(rows.value[k]) * Interval(add_down(1, -e), add_up(1, e));
      low[block[i]].add_product(time.low, rate.low);
      high[block[i]].add_product(time.high, rate.high);
      stored[block[i]].add_product(middle(claimed), rows.value[k]);
    }
  }
  const Interval all = total.value() * start;
  for (std::size_t s = 0; s < outside; ++s) {
    proof.sets_[s].weight = Interval(low[s].value().low, high[s].value().high) / all;
    proof.sets_[s].claimed_weight = middle(stored[s].value()) / middle(all);
  }
}

}  // namespace steady::detail
