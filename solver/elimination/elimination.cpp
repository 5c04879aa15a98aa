#include "solver/elimination/elimination.hpp"

#include <algorithm>
#include <utility>

namespace steady::detail {

Elimination::Elimination(std::size_t n, std::vector<double>&& rate, const std::function<bool()>& stop)
    : factors_(GthFactors<double>(n, std::move(rate))) {
  const auto stopped = [&](std::size_t last) { return last % 16 == 0 && stop(); };
  auto& in_doubles = std::get<GthFactors<double>>(factors_);
  while (done_ && in_doubles.last() > 0) {
    done_ = !stopped(in_doubles.last());
    if (done_ && !in_doubles.censor_in_range()) break;
  }
  if (!done_ || in_doubles.last() == 0) return;
  auto& extended = factors_.emplace<GthFactors<ExtendedRange>>(GthFactors<ExtendedRange>(in_doubles));
  while (done_ && extended.last() > 0) {
    done_ = !stopped(extended.last());
    if (done_) extended.censor();
  }
}

std::size_t Elimination::size() const {
  return std::visit([](const auto& factors) { return factors.size(); }, factors_);
}

namespace {

template <class Number>
std::vector<double> normalised(const std::vector<Number>& x) {
  Number total = 0;
  for (const Number& entry : x) total += entry;
  std::vector<double> distribution;
  for (const Number& entry : x) distribution.push_back(static_cast<double>(entry / total));
  return distribution;
}

}  // namespace

// Probabilities between two wells may be less than any double where the factors are not. Entries that come out within
// these limits have lost nothing that counts.
std::vector<double> Elimination::stationary() const {
  constexpr double least = 1e-250, most = 1e250;
  if (const auto* in_doubles = std::get_if<GthFactors<double>>(&factors_)) {
    std::vector<double> x(size(), 0.0);
    in_doubles->stationary(x.data());
    if (std::all_of(x.begin(), x.end(), [](double entry) { return entry >= least && entry <= most; }))
      return normalised(x);
  }
  std::vector<ExtendedRange> x(size());
  std::visit([&](const auto& factors) { factors.stationary(x.data()); }, factors_);
  return normalised(x);
}

void Elimination::solve(double* b) const {
  if (const auto* in_doubles = std::get_if<GthFactors<double>>(&factors_)) return in_doubles->solve_row(b);
  const std::vector<ExtendedRange> d = solve_row(std::vector<ExtendedRange>(b + 1, b + size()));
  b[0] = 0;
  std::transform(d.begin(), d.end(), b + 1, [](const ExtendedRange& entry) { return static_cast<double>(entry); });
}

std::vector<ExtendedRange> Elimination::solve_row(std::vector<ExtendedRange> b) const {
  return std::visit([&](const auto& factors) { return factors.solve_row(std::move(b)); }, factors_);
}

std::vector<ExtendedRange> Elimination::solve_column(std::vector<ExtendedRange> b) const {
  return std::visit([&](const auto& factors) { return factors.solve_column(std::move(b)); }, factors_);
}

}  // namespace steady::detail
