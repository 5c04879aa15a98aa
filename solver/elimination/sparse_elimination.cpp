#include "solver/elimination/sparse_elimination.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "formats/base/extended_range.hpp"
#include "formats/base/parallel.hpp"
#include "solver/elimination/dense_product.hpp"

namespace steady::detail {
namespace {

// A front while it is worked on: a dense matrix of rates, entry i size + j of i -> j, pivots first. The diagonal is
// never read.
template <class Number>
struct Front {
  std::size_t size = 0, pivots = 0;
  std::vector<Number> rate;

  Number* row(std::size_t i) { return rate.data() + i * size; }
};

// Whose states an eliminated front is about: its pivots, from position `begin` on, and its border.
struct FrontStates {
  FrontStates(const EliminationPlan& plan, std::size_t f)
      : begin(plan.begin[f]), pivots(plan.begin[f + 1] - begin), border(plan.border(f)) {}

  std::size_t shares() const { return pivots * (pivots + border.size()); }
  std::size_t rates() const { return pivots * border.size(); }

  std::size_t begin, pivots;
  std::span<const State> border;
};

bool within_range(double exit) { return exit >= 1e-290 && exit <= 1e290; }
bool within_range(const ExtendedRange& exit) { return !(exit == 0); }

// Whether a product of a share and a rate may have been too small for a double.
bool may_vanish(Front<double>& front) {
  constexpr double least = 1e-290, large = 1e290;
  std::vector<double> least_share(front.pivots, large);
  for (std::size_t i = 1; i < front.size; ++i)
    for (std::size_t k = 0; k < std::min(i, front.pivots); ++k)
      if (const double share = front.row(i)[k]; share > 0) least_share[k] = std::min(least_share[k], share);
  for (std::size_t k = 0; k < front.pivots; ++k) {
    double least_rate = large;
    for (std::size_t j = k + 1; j < front.size; ++j)
      if (const double rate = front.row(k)[j]; rate > 0) least_rate = std::min(least_rate, rate);
    if (least_share[k] * least_rate < least || least_share[k] < least) return true;
  }
  return false;
}

// Whether every rate is the sum of the products that belong to it, but for a part of 1e-38. One that is not may be all
// that leads across a barrier.
bool within_range(Front<double>& front) {
  constexpr double least = 1e-270;
  if (!may_vanish(front)) return true;
  for (std::size_t i = 1; i < front.size; ++i)
    for (std::size_t j = 1; j < front.size; ++j) {
      const bool is_share = j < std::min(i, front.pivots);
      if (i == j || front.row(i)[j] * (is_share ? front.row(j)[j] : 1) >= least) continue;
      for (std::size_t k = 0; k < std::min({i, j, front.pivots}); ++k)
        if (front.row(i)[k] > 0 && front.row(k)[j] > 0) return false;
    }
  return true;
}
bool within_range(Front<ExtendedRange>&) { return true; }

// Shares out what flows through the pivots first .. last among the states after them; in place of the rates to each
// pivot stand the shares, its exit rate is left on the diagonal. Returns whether the numbers' range does.
template <class Number>
bool eliminate_block(Front<Number>& front, std::size_t first, std::size_t last) {
  for (std::size_t k = first; k < last; ++k) {
    Number* const from_k = front.row(k);
    const Number exit = from_k[k] = std::accumulate(from_k + k + 1, from_k + front.size, Number(0));
    if (k + 1 == front.size) return true;  // the last state of all
    if (!within_range(exit)) return false;
    for (std::size_t i = k + 1; i < last; ++i) {
      Number* const from_i = front.row(i);
      if (from_i[k] == 0) continue;
      from_i[k] /= exit;
      for (std::size_t j = k + 1; j < front.size; ++j) from_i[j] += from_i[k] * from_k[j];
    }
  }
  return true;
}

// The rows first .. last that come after the block's own.
template <class Number>
void update_rows(Front<Number>& front, std::size_t block, std::size_t block_end, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    Number* const from_i = front.row(i);
    for (std::size_t k = block; k < block_end; ++k) {
      if (from_i[k] == 0) continue;
      const Number* const from_k = front.row(k);
      from_i[k] /= from_k[k];
      for (std::size_t j = k + 1; j < block_end; ++j) from_i[j] += from_i[k] * from_k[j];
    }
  }
}

template <class Number>
bool eliminate_pivots(Front<Number>& front, const std::function<bool()>& stop) {
  constexpr std::size_t block = 64, worth_sharing = 200;  // states
  for (std::size_t k = 0; k < front.pivots; k += block) {
    if (stop()) return false;
    const std::size_t end = std::min(k + block, front.pivots);
    if (!eliminate_block(front, k, end)) return false;
    const auto update = [&](std::size_t first, std::size_t last) {
      update_rows(front, k, end, first, last);
      // Columns from `end` on; rows of other threads are not read.
      add_products(front.rate.data(), {front.size, first, last, end, k, end});
    };
    if (front.size - end < worth_sharing)
      update(end, front.size);
    else
      for_blocks(front.size - end, [&](std::size_t first, std::size_t last) { update(end + first, end + last); });
  }
  return true;
}

// Makes the fronts one after the other; what an eliminated front leaves for the next waits in between.
template <class Number>
class FrontQueue {
 public:
  FrontQueue(const IrreducibleChain& chain, const EliminationPlan& plan)
      : inflow_(chain.inflow),
        outflow_(transpose(chain.inflow, Checked::yes)),
        plan_(plan),
        place_(plan.order.size()) {}

  // Front f with its own rates and what its children have left.
  void assemble(std::size_t f, Front<Number>& front) {
    const State begin = plan_.begin[f], end = plan_.begin[f + 1];
    const std::span<const State> border = plan_.border(f);
    front.pivots = end - begin;
    front.size = front.pivots + border.size();
    front.rate.assign(front.size * front.size, 0);
    for (State p = begin; p < end; ++p) place_[p] = p - begin;
    for (std::size_t i = 0; i < border.size(); ++i) place_[border[i]] = static_cast<State>(front.pivots + i);
    for (State p = begin; p < end; ++p) {
      const std::size_t state = plan_.order[p];
      const auto for_row = [&](const Csr& matrix, State first, auto add) {
        for (std::uint64_t k = matrix.row_start[state]; k < matrix.row_start[state + 1]; ++k) {
          const State other = plan_.position[matrix.column[k]];
          if (other >= first) add(place_[other], matrix.value[k]);
        }
      };
      for_row(inflow_, begin, [&](State from, double rate) { front.row(from)[p - begin] += rate; });
      for_row(outflow_, end, [&](State to, double rate) { front.row(p - begin)[to] += rate; });
    }
    for (; !waiting_.empty() && plan_.parent[waiting_.back().front] == f; waiting_.pop_back()) {
      const std::span<const State> states = plan_.border(waiting_.back().front);
      const Number* rate = waiting_.back().rate.data();
      for (const State from : states) {
        Number* const row = front.row(place_[from]);
        for (const State to : states) row[place_[to]] += *rate++;
      }
    }
  }

  // The rates among the border of front f, which has been eliminated.
  void leave(std::size_t f, Front<Number>& front) {
    const std::size_t border = front.size - front.pivots;
    if (border == 0) return;
    waiting_.push_back({f, {}});
    waiting_.back().rate.reserve(border * border);
    for (std::size_t i = front.pivots; i < front.size; ++i)
      waiting_.back().rate.insert(waiting_.back().rate.end(), front.row(i) + front.pivots, front.row(i) + front.size);
  }

 private:
  struct Rest {
    std::size_t front;
    std::vector<Number> rate;
  };

  const Csr& inflow_;
  const Csr outflow_;
  const EliminationPlan& plan_;
  std::vector<State> place_;   // of each position in the front that is being worked on
  std::vector<Rest> waiting_;  // in postorder, a front finds its children last
};

}  // namespace

template <class Number>
std::optional<SparseFactors<Number>> SparseFactors<Number>::make(const IrreducibleChain& chain,
                                                                 const EliminationPlan& plan,
                                                                 const std::function<bool()>& stop, bool with_rates) {
  SparseFactors factors(plan);
  factors.share_.reserve(plan.factor_entries);
  FrontQueue<Number> queue(chain, plan);
  Front<Number> front;
  for (std::size_t f = 0; f < plan.fronts(); ++f) {
    queue.assemble(f, front);
    if (!eliminate_pivots(front, stop) || !within_range(front)) return std::nullopt;
    for (std::size_t i = 0; i < front.size; ++i)
      factors.share_.insert(factors.share_.end(), front.row(i), front.row(i) + front.pivots);
    for (std::size_t k = 0; with_rates && k < front.pivots; ++k)
      factors.rate_.insert(factors.rate_.end(), front.row(k) + front.pivots, front.row(k) + front.size);
    queue.leave(f, front);
  }
  return factors;
}

// The fronts in the order in which they were eliminated: f(front, its shares, its rates to the border).
template <class Number>
template <class Function>
void SparseFactors<Number>::forward(Function f) const {
  const Number *share = share_.data(), *rate = rate_.data();
  for (std::size_t k = 0; k < plan_->fronts(); ++k) {
    const FrontStates front(*plan_, k);
    f(front, share, rate);
    share += front.shares();
    rate += rate_.empty() ? 0 : front.rates();
  }
}

// The same from the last one on.
template <class Number>
template <class Function>
void SparseFactors<Number>::backward(Function f) const {
  const Number *share = share_.data() + share_.size(), *rate = rate_.data() + rate_.size();
  for (std::size_t k = plan_->fronts(); k-- > 0;) {
    const FrontStates front(*plan_, k);
    share -= front.shares();
    rate -= rate_.empty() ? 0 : front.rates();
    f(front, share, rate);
  }
}

// x(k) += sum over the later states i of x(i) times its share to k, from the last state on.
template <class Number>
template <class Work>
void SparseFactors<Number>::add_shares(std::vector<Work>& x) const {
  backward([&](const FrontStates& front, const Number* share, const Number*) {
    const auto [begin, pivots, border] = front;
    for (std::size_t i = 0; i < border.size(); ++i)
      for (std::size_t k = 0; k < pivots; ++k) x[begin + k] += x[border[i]] * Work(share[(pivots + i) * pivots + k]);
    for (std::size_t i = pivots; i-- > 0;)
      for (std::size_t k = 0; k < i; ++k) x[begin + k] += x[begin + i] * Work(share[i * pivots + k]);
  });
}

// On the way between two likely states there may be ones less likely than any double.
template <class Number>
std::vector<double> SparseFactors<Number>::stationary() const {
  std::vector<ExtendedRange> x(plan_->order.size(), 0);
  x.back() = 1;
  add_shares(x);
  const ExtendedRange total = std::accumulate(x.begin(), x.end(), ExtendedRange(0));
  std::vector<double> distribution(x.size());
  for (std::size_t p = 0; p < x.size(); ++p) distribution[plan_->order[p]] = static_cast<double>(x[p] / total);
  return distribution;
}

template <class Number>
std::vector<double> SparseFactors<Number>::arranged(const std::vector<double>& x) const {
  std::vector<double> result(x.size());
  for (std::size_t p = 0; p < x.size(); ++p) result[p] = x[plan_->order[p]];
  result.back() = 0;
  return result;
}

template <class Number>
std::vector<double> SparseFactors<Number>::rearranged(const std::vector<double>& x) const {
  std::vector<double> result(x.size());
  for (std::size_t p = 0; p < x.size(); ++p) result[plan_->order[p]] = x[p];
  return result;
}

template <class Number>
std::vector<double> SparseFactors<Number>::solve_column(const std::vector<double>& b) const {
  std::vector<double> x = arranged(b);
  // Each state hands on what it has, as it does what it is left at.
  forward([&](const FrontStates& front, const Number* share, const Number*) {
    const auto [begin, pivots, border] = front;
    for (std::size_t i = 1; i < pivots; ++i)
      for (std::size_t k = 0; k < i; ++k) x[begin + i] += static_cast<double>(share[i * pivots + k]) * x[begin + k];
    for (std::size_t i = 0; i < border.size(); ++i)
      for (std::size_t k = 0; k < pivots; ++k)
        x[border[i]] += static_cast<double>(share[(pivots + i) * pivots + k]) * x[begin + k];
  });
  x.back() = 0;
  backward([&](const FrontStates& front, const Number* share, const Number* rate) {
    const auto [begin, pivots, border] = front;
    for (std::size_t k = pivots; k-- > 0;) {
      double& own = x[begin + k];
      if (begin + k + 1 == x.size()) continue;
      for (std::size_t j = k + 1; j < pivots; ++j) own += static_cast<double>(share[k * pivots + j]) * x[begin + j];
      for (std::size_t j = 0; j < border.size(); ++j)
        own += static_cast<double>(rate[k * border.size() + j]) * x[border[j]];
      own /= static_cast<double>(share[k * pivots + k]);
    }
  });
  return rearranged(x);
}

template <class Number>
std::vector<double> SparseFactors<Number>::solve_row(const std::vector<double>& b) const {
  std::vector<double> x = arranged(b);
  forward([&](const FrontStates& front, const Number* share, const Number* rate) {
    const auto [begin, pivots, border] = front;
    for (std::size_t k = 0; k < pivots && begin + k + 1 < x.size(); ++k) {
      const double own = x[begin + k] /= static_cast<double>(share[k * pivots + k]);
      for (std::size_t j = k + 1; j < pivots; ++j) x[begin + j] += own * static_cast<double>(share[k * pivots + j]);
      for (std::size_t j = 0; j < border.size(); ++j)
        x[border[j]] += own * static_cast<double>(rate[k * border.size() + j]);
    }
  });
  x.back() = 0;
  add_shares(x);
  return rearranged(x);
}

template class SparseFactors<double>;
template class SparseFactors<ExtendedRange>;

std::optional<std::vector<double>> eliminate_sparse(const IrreducibleChain& chain, const EliminationPlan& plan,
                                                    const EliminationLimits& limits,
                                                    const std::function<bool()>& stop) {
  constexpr double extended_cost = 10;  // of one multiplication, in those of doubles
  constexpr std::uint64_t extended_size = sizeof(ExtendedRange) / sizeof(double);
  if (const auto factors = SparseFactors<double>::make(chain, plan, stop, false)) return factors->stationary();
  if (stop() || extended_cost * plan.multiplications > limits.multiplications ||
      extended_size * (plan.factor_entries + plan.work_entries) > limits.entries)
    return std::nullopt;
  const auto factors = SparseFactors<ExtendedRange>::make(chain, plan, stop, false);
  return factors ? std::optional(factors->stationary()) : std::nullopt;
}

}  // namespace steady::detail
