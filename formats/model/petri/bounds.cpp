#include "formats/model/petri/bounds.hpp"

#include <algorithm>
#include <numeric>

namespace steady::detail::petri {

namespace {

constexpr std::size_t most_rows = 2000;
constexpr std::size_t most_work = 1 << 26;  // numbers looked at

// A sum of places, with what each transition adds to it.
struct Row {
  std::vector<std::int64_t> weights;  // of the places
  std::vector<std::int64_t> changes;  // by the transitions that are left
};

// a x + b y, divided by what all of its numbers have in common; false where a number is too large.
bool combine(std::int64_t a, const Row& x, std::int64_t b, const Row& y, Row& result) {
  std::int64_t common = 0;
  const auto add = [&](const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& other,
                       std::vector<std::int64_t>& to) {
    to.resize(from.size());
    for (std::size_t k = 0; k < from.size(); ++k) {
      std::int64_t left, right;
      if (__builtin_mul_overflow(a, from[k], &left) || __builtin_mul_overflow(b, other[k], &right) ||
          __builtin_add_overflow(left, right, &to[k]) || to[k] == INT64_MIN)
        return false;
      common = std::gcd(common, to[k]);
    }
    return true;
  };
  if (!add(x.weights, y.weights, result.weights) || !add(x.changes, y.changes, result.changes)) return false;
  for (std::vector<std::int64_t>* numbers : {&result.weights, &result.changes})
    for (std::int64_t& number : *numbers) number /= std::max<std::int64_t>(common, 1);
  return true;
}

class Semiflows {
 public:
  explicit Semiflows(const Incidence& net) {
    const std::size_t places = net.marking.size();
    for (std::size_t p = 0; p < places; ++p) {
      Row row{std::vector<std::int64_t>(places), {}};
      row.weights[p] = 1;
      for (const std::vector<std::int64_t>& change : net.changes) row.changes.push_back(change[p]);
      rows_.push_back(std::move(row));
    }
    left_.resize(net.changes.size());
    std::iota(left_.begin(), left_.end(), std::size_t{0});
  }

  // Those found; all with the fewest places unless there are too many.
  std::vector<std::vector<std::int64_t>> run() {
    while (!left_.empty() && eliminate(cheapest())) {
    }
    std::vector<std::vector<std::int64_t>> found;
    for (const Row& row : rows_)
      if (std::all_of(row.changes.begin(), row.changes.end(), [](std::int64_t c) { return c == 0; }))
        found.push_back(row.weights);
    return found;
  }

 private:
  // The transition that leaves the fewest rows.
  std::size_t cheapest() const {
    std::size_t best = 0;
    double least = 1e300;
    for (std::size_t k = 0; k < left_.size(); ++k) {
      double plus = 0, minus = 0;
      for (const Row& row : rows_) {
        plus += row.changes[left_[k]] > 0;
        minus += row.changes[left_[k]] < 0;
      }
      if (plus * minus - plus - minus < least) {
        least = plus * minus - plus - minus;
        best = k;
      }
    }
    return best;
  }

  // Rows that the transition does not change, and sums of two that it changes in opposite ways. False: too many.
  bool eliminate(std::size_t which) {
    const std::size_t transition = left_[which];
    std::vector<Row> next;
    for (const Row& row : rows_)
      if (row.changes[transition] == 0) next.push_back(row);
    for (const Row& plus : rows_)
      for (const Row& minus : rows_) {
        if (plus.changes[transition] <= 0 || minus.changes[transition] >= 0) continue;
        Row sum;
        if (!combine(-minus.changes[transition], plus, plus.changes[transition], minus, sum)) return false;
        if (!add(next, std::move(sum))) return false;
      }
    rows_ = std::move(next);
    left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(which));
    return true;
  }

  // Of rows whose places are all in another one's, that other one is needless.
  bool add(std::vector<Row>& rows, Row&& row) {
    work_ += rows.size() * row.weights.size();
    if (work_ > most_work || rows.size() > most_rows) return false;
    const auto within = [](const Row& a, const Row& b) {
      for (std::size_t p = 0; p < a.weights.size(); ++p)
        if (a.weights[p] != 0 && b.weights[p] == 0) return false;
      return true;
    };
    if (std::any_of(rows.begin(), rows.end(), [&](const Row& other) { return within(other, row); })) return true;
    std::erase_if(rows, [&](const Row& other) { return within(row, other); });
    rows.push_back(std::move(row));
    return true;
  }

  std::vector<Row> rows_;
  std::vector<std::size_t> left_;  // transitions not yet eliminated
  std::size_t work_ = 0;
};

}  // namespace

std::vector<std::optional<std::int64_t>> invariant_bounds(const Incidence& net) {
  std::vector<std::optional<std::int64_t>> bounds(net.marking.size());
  for (const std::vector<std::int64_t>& weights : Semiflows(net).run()) {
    std::int64_t sum = 0;
    bool fits = true;
    for (std::size_t p = 0; p < weights.size() && fits; ++p) {
      std::int64_t product;
      fits =
          !__builtin_mul_overflow(weights[p], net.marking[p], &product) && !__builtin_add_overflow(sum, product, &sum);
    }
    if (!fits) continue;
    for (std::size_t p = 0; p < weights.size(); ++p)
      if (weights[p] > 0) bounds[p] = std::min(bounds[p].value_or(INT64_MAX), sum / weights[p]);
  }
  return bounds;
}

}  // namespace steady::detail::petri
