#include "formats/model/prism/language/box_polynomial.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace steady::detail::prism {

namespace {

constexpr unsigned most_degree = 40;  // of a monomial: beyond, nothing is known
const Interval not_known{NAN, NAN};

using Exponents = std::vector<std::uint16_t>;

unsigned degree(const Exponents& exponents) { return std::accumulate(exponents.begin(), exponents.end(), 0U); }

Exponents product(Exponents a, const Exponents& b) {
  if (a.size() < b.size()) a.resize(b.size());
  for (std::size_t v = 0; v < b.size(); ++v) a[v] = static_cast<std::uint16_t>(a[v] + b[v]);
  return a;
}

Interval hull_of(const Interval& a, const Interval& b) {
  if (!a.finite() || !b.finite()) return not_known;
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

// A positive coefficient of a monomial whose square is the product of two with negative ones is balanced by them, as
// 2 c y z <= c (t y^2 + z^2/t) for every t > 0.
void balance(std::map<Exponents, double>& most) {
  std::vector<Exponents> positive;
  for (const auto& [exponents, coefficient] : most)
    if (!exponents.empty() && coefficient > 0) positive.push_back(exponents);
  std::stable_sort(positive.begin(), positive.end(),  // those first that have fewer to choose from
                   [](const Exponents& a, const Exponents& b) { return degree(a) > degree(b); });
  for (const Exponents& middle : positive) {
    double& c = most.at(middle);
    const Exponents square = product(middle, middle);
    for (auto& [first, a] : most) {
      if (!(c > 0)) break;
      if (!(a < 0 || first.empty()) || first.size() > square.size()) continue;
      Exponents second = square;
      bool divides = true;
      for (std::size_t v = 0; v < first.size(); ++v) {
        divides = divides && second[v] >= first[v];
        second[v] = static_cast<std::uint16_t>(second[v] - first[v]);
      }
      while (!second.empty() && second.back() == 0) second.pop_back();
      const auto other = most.find(second);
      if (!divides || second == first || other == most.end() || !(other->second < 0)) continue;
      // Of a constant as little as can be, of others as much as the two can bear.
      constexpr double almost = 0.999;
      const double part = first.empty() ? c : std::min(c, 2 * almost * std::sqrt(a * other->second));
      const double t = first.empty() ? part / (-2 * almost * other->second) : std::sqrt(a / other->second);
      a = add_up(a, multiply_up(part / 2, t));
      other->second = add_up(other->second, divide_up(part / 2, t));
      c = add_up(c, -part);
    }
  }
}

// With distance number i replaced by the sum of it and number j: the values where i is the larger.
std::map<Exponents, double> with_larger(const std::map<Exponents, double>& most, std::size_t i, std::size_t j) {
  std::map<Exponents, double> split;
  for (const auto& [exponents, coefficient] : most) {
    Exponents term = exponents;
    term.resize(std::max({term.size(), i + 1, j + 1}));
    double ways = 1;
    for (unsigned left = term[i], k = 0;; --left, ++k) {  // (a + b)^n, by powers of b
      Exponents trimmed = term;
      while (!trimmed.empty() && trimmed.back() == 0) trimmed.pop_back();
      double& sum = split[trimmed];
      sum = add_up(sum, multiply_up(coefficient, ways));
      if (left == 0) break;
      ways = ways * left / (k + 1);
      --term[i];
      ++term[j];
    }
  }
  return split;
}

// At most, for all distances without end. Where a product of some keeps a positive coefficient, once for those of which
// the one is larger and once for the others: successive difference substitution (Yang 2005).
double upper_without_end(const std::map<Exponents, double>& most, unsigned splits) {
  std::map<Exponents, double> balanced = most;
  balance(balanced);
  const auto positive = std::find_if(balanced.begin(), balanced.end(),
                                     [](const auto& term) { return !term.first.empty() && !(term.second <= 0); });
  if (positive == balanced.end()) return balanced[{}];
  std::vector<std::size_t> factors;
  for (std::size_t v = 0; v < positive->first.size(); ++v)
    if (positive->first[v] > 0) factors.push_back(v);
  if (splits == 0 || factors.size() < 2) return INFINITY;
  const double one = upper_without_end(with_larger(most, factors[0], factors[1]), splits - 1);
  return std::isinf(one) ? one
                         : std::max(one, upper_without_end(with_larger(most, factors[1], factors[0]), splits - 1));
}

}  // namespace

BoxPolynomial::BoxPolynomial(const Interval& constant) { add({}, constant); }

BoxPolynomial BoxPolynomial::variable(const Box& box, std::size_t v) {
  BoxPolynomial x(box[v].low);
  if (box[v].high > box[v].low) {
    Exponents exponents(v + 1);
    exponents[v] = 1;
    x.add(exponents, 1);
  }
  return x;
}

BoxPolynomial BoxPolynomial::hull(const BoxPolynomial& a, const BoxPolynomial& b) {
  BoxPolynomial both;
  for (const auto* one : {&a, &b})
    for (const auto& [exponents, coefficient] : one->terms_) both.terms_[exponents];
  for (auto& [exponents, coefficient] : both.terms_) {
    const auto in_a = a.terms_.find(exponents), in_b = b.terms_.find(exponents);
    coefficient = hull_of(in_a == a.terms_.end() ? Interval(0) : in_a->second,
                          in_b == b.terms_.end() ? Interval(0) : in_b->second);
  }
  return both;
}

void BoxPolynomial::add(const Exponents& exponents, const Interval& coefficient) {
  if (coefficient.low == 0 && coefficient.high == 0) return;
  Interval& sum = terms_[exponents];
  sum = degree(exponents) > most_degree ? not_known : sum + coefficient;
  if (sum.low == 0 && sum.high == 0) terms_.erase(exponents);
}

BoxPolynomial BoxPolynomial::operator-() const {
  BoxPolynomial negative = *this;
  for (auto& [exponents, coefficient] : negative.terms_) coefficient = -coefficient;
  return negative;
}

BoxPolynomial BoxPolynomial::operator+(const BoxPolynomial& other) const {
  BoxPolynomial sum = *this;
  for (const auto& [exponents, coefficient] : other.terms_) sum.add(exponents, coefficient);
  return sum;
}

BoxPolynomial BoxPolynomial::operator*(const BoxPolynomial& other) const {
  BoxPolynomial result;
  for (const auto& [a, x] : terms_)
    for (const auto& [b, y] : other.terms_) result.add(product(a, b), x * y);
  return result;
}

// Long division by the other's leading monomial; what remains is divided by the other's values.
BoxPolynomial BoxPolynomial::divided_by(const BoxPolynomial& other, const Box& box) const {
  const double least = other.lower(box), most = other.upper(box);
  if (!(least > 0) || other.terms_.empty()) return not_known;
  const auto lead = std::max_element(other.terms_.begin(), other.terms_.end(), [](const auto& a, const auto& b) {
    return std::pair(degree(a.first), a.first) < std::pair(degree(b.first), b.first);
  });
  BoxPolynomial quotient, rest = *this;
  const auto divide = [&](const Exponents& exponents, const Interval& coefficient) {
    if (!(lead->second.low > 0) || exponents.size() < lead->first.size()) return false;
    Exponents q = exponents;
    for (std::size_t v = 0; v < lead->first.size(); ++v) {
      if (q[v] < lead->first[v]) return false;
      q[v] = static_cast<std::uint16_t>(q[v] - lead->first[v]);
    }
    while (!q.empty() && q.back() == 0) q.pop_back();
    BoxPolynomial factor;
    factor.add(q, coefficient / lead->second);
    quotient = quotient + factor;
    rest = rest - factor * other;
    rest.terms_.erase(exponents);  // exactly 0: the factor is chosen so
    return true;
  };
  for (unsigned step = 0; step < most_degree; ++step) {
    const std::map<Exponents, Interval> terms = rest.terms_;
    if (std::none_of(terms.rbegin(), terms.rend(), [&](const auto& term) { return divide(term.first, term.second); }))
      break;
  }
  const double smallest = std::isfinite(most) ? divide_down(1, most) : 0.0;
  return quotient + rest * BoxPolynomial(Interval(smallest, divide_up(1, least)));
}

double BoxPolynomial::upper(const Box& box) const {
  std::map<Exponents, double> most;  // by the exponents of what is without end: the coefficient's largest value
  most[{}] = 0;
  for (const auto& [exponents, coefficient] : terms_) {
    Exponents endless(exponents.size());
    Interval size = 1;
    for (std::size_t v = 0; v < exponents.size(); ++v) {
      if (std::isinf(box[v].high))
        endless[v] = exponents[v];
      else
        for (unsigned k = 0; k < exponents[v]; ++k) size = size * Interval(0, box[v].high - box[v].low);
    }
    while (!endless.empty() && endless.back() == 0) endless.pop_back();
    const double high = (size * coefficient).high;
    if (!std::isfinite(high)) return INFINITY;
    double& sum = most[endless];
    sum = add_up(sum, high);
  }
  constexpr unsigned splits = 4;
  return upper_without_end(most, splits);
}

}  // namespace steady::detail::prism
