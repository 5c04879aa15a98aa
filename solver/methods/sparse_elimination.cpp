#include "solver/methods/sparse_elimination.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "formats/in_parallel.hpp"
#include "solver/extended_range.hpp"
#include "solver/methods/dense_product.hpp"

namespace steady {
namespace {

// A front while it is worked on: a dense matrix of rates, entry i size + j of i -> j, pivots first. The diagonal is
// never read.
template <class Number>
struct Front {
  std::size_t size = 0, pivots = 0;
  std::vector<Number> rate;

  Number* row(std::size_t i) { return rate.data() + i * size; }
};

// Whether an exit rate is far above what doubles take for 0: a product of rates that vanishes changes no share by more
// than the quotient of the two.
bool within_range(double exit) { return exit >= 1e-200 && exit <= 1e200; }
bool within_range(const ExtendedRange& exit) { return !(exit == 0); }

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

template <class Number>
class Multifrontal {
 public:
  Multifrontal(const Irreducible& chain, const EliminationPlan& plan, const std::function<bool()>& stop)
      : chain_(chain), plan_(plan), stop_(stop), outflow_(transpose(chain.inflow)), place_(plan.order.size()) {}

  // None where `stop` says so or the range of numbers does not do.
  std::optional<std::vector<double>> run() {
    if (!factor()) return std::nullopt;
    return stationary();
  }

 private:
  // What an eliminated front leaves for the next one: the rates among its border.
  struct Rest {
    std::size_t front;
    std::vector<Number> rate;
  };

  bool factor() {
    share_.reserve(plan_.factor_entries);
    std::vector<Rest> waiting;  // each front finds its children last
    Front<Number> front;
    for (std::size_t f = 0; f < plan_.fronts(); ++f) {
      assemble(f, waiting, front);
      if (!eliminate_pivots(front, stop_)) return false;
      for (std::size_t i = 0; i < front.size; ++i)
        share_.insert(share_.end(), front.row(i), front.row(i) + front.pivots);
      if (front.size > front.pivots) waiting.push_back({f, border_rates(front)});
    }
    return true;
  }

  // The front's own rates and what its children have left.
  void assemble(std::size_t f, std::vector<Rest>& waiting, Front<Number>& front) {
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
      for_row(chain_.inflow, begin, [&](State from, double rate) { front.row(from)[p - begin] += rate; });
      for_row(outflow_, end, [&](State to, double rate) { front.row(p - begin)[to] += rate; });
    }
    for (; !waiting.empty() && plan_.parent[waiting.back().front] == f; waiting.pop_back()) {
      const std::span<const State> states = plan_.border(waiting.back().front);
      const Number* rate = waiting.back().rate.data();
      for (const State from : states) {
        Number* const row = front.row(place_[from]);
        for (const State to : states) row[place_[to]] += *rate++;
      }
    }
  }

  static std::vector<Number> border_rates(Front<Number>& front) {
    const std::size_t border = front.size - front.pivots;
    std::vector<Number> rates;
    rates.reserve(border * border);
    for (std::size_t i = front.pivots; i < front.size; ++i)
      rates.insert(rates.end(), front.row(i) + front.pivots, front.row(i) + front.size);
    return rates;
  }

  // From the last state on, each one's probability from those of its sources after it. On the way between two likely
  // states there may be ones less likely than any double.
  std::vector<double> stationary() const {
    std::vector<ExtendedRange> x(plan_.order.size(), 0);
    x.back() = 1;
    const Number* share = share_.data() + share_.size();
    for (std::size_t f = plan_.fronts(); f-- > 0;) {
      const State begin = plan_.begin[f];
      const std::size_t pivots = plan_.begin[f + 1] - begin;
      const std::span<const State> border = plan_.border(f);
      share -= pivots * (pivots + border.size());
      for (std::size_t i = 0; i < border.size(); ++i)
        for (std::size_t k = 0; k < pivots; ++k) x[begin + k] += x[border[i]] * share[(pivots + i) * pivots + k];
      for (std::size_t i = pivots; i-- > 0;)
        for (std::size_t k = 0; k < i; ++k) x[begin + k] += x[begin + i] * share[i * pivots + k];
    }
    const ExtendedRange total = std::accumulate(x.begin(), x.end(), ExtendedRange(0));
    std::vector<double> distribution(x.size());
    for (std::size_t p = 0; p < x.size(); ++p) distribution[plan_.order[p]] = static_cast<double>(x[p] / total);
    return distribution;
  }

  const Irreducible& chain_;
  const EliminationPlan& plan_;
  const std::function<bool()>& stop_;
  const Csr outflow_;
  std::vector<State> place_;   // of each position in the front that is being worked on
  std::vector<Number> share_;  // of each front: to its pivots, by rows; what stands above its diagonal is not a share
};

}  // namespace

std::optional<std::vector<double>> eliminate_sparse(const Irreducible& chain, const EliminationPlan& plan,
                                                    const EliminationLimits& limits,
                                                    const std::function<bool()>& stop) {
  constexpr double extended_cost = 30;  // of one multiplication, in those of doubles
  auto x = Multifrontal<double>(chain, plan, stop).run();
  if (x || stop() || extended_cost * plan.multiplications > limits.multiplications) return x;
  return Multifrontal<ExtendedRange>(chain, plan, stop).run();
}

}  // namespace steady
