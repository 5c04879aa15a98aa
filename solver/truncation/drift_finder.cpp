#include "solver/truncation/drift_finder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include <steady/error.hpp>

#include "formats/model/prism/explore/transitions.hpp"
#include "solver/truncation/linear_program.hpp"

namespace steady::detail {

namespace {

using Monomial = std::vector<unsigned>;  // the power of each variable
using Values = std::vector<std::int64_t>;

constexpr std::size_t most_monomials = 60;
constexpr std::size_t most_neighbours = 600, most_far = 600;  // states that are looked at

class DriftFinder {
 public:
  DriftFinder(const prism::GrowingStates& states, unsigned degree)
      : states_(states), variables_(states.model().packing.variables()), unbounded_(variables_.size()) {
    for (const std::uint32_t v : states.model().unbounded) unbounded_[v] = true;
    measure_scales();
    Monomial none(variables_.size());
    add_monomials(none, 0, degree);
  }

  std::string run() {
    if (monomials_.size() > most_monomials) return "";
    add_neighbours();
    add_far_states();
    const std::size_t n = monomials_.size();
    for (std::size_t k = 0; k < n; ++k) {  // |coefficient| <= 1
      std::vector<double> row(2 * n + 1);
      row[k] = row[n + k] = 1;
      program_.rows.push_back(row);
      program_.limits.push_back(1);
    }
    program_.objective.assign(2 * n + 1, 0);
    program_.objective.back() = 1;
    const std::vector<double> y = maximize(program_);
    constexpr double least_margin = 1e-5;
    if (y.empty() || y.back() < least_margin) return "";
    std::vector<double> coefficients(n);
    for (std::size_t k = 0; k < n; ++k) coefficients[k] = y[k] - y[n + k];
    return text(coefficients);
  }

 private:
  // The largest size of each variable in the kept states.
  void measure_scales() {
    scale_.assign(variables_.size(), 1);
    for (std::size_t v = 0; v < variables_.size(); ++v)
      for (const State s : states_.kept())
        scale_[v] = std::max(scale_[v], std::abs(static_cast<double>(states_.value(s, v))));
  }

  // All products of what is chosen and variables from number v on, of degree `left` more at most; but for the constant.
  // Variables that have a range are there, too, as the drift may differ from mode to mode.
  void add_monomials(Monomial& chosen, std::size_t v, unsigned left) {
    if (v == variables_.size()) {
      if (std::any_of(chosen.begin(), chosen.end(), [](unsigned power) { return power > 0; }))
        monomials_.push_back(chosen);
      return;
    }
    const unsigned most = unbounded_[v] ? left : std::min(left, 1U);
    for (chosen[v] = 0; chosen[v] <= most; ++chosen[v]) add_monomials(chosen, v + 1, left - chosen[v]);
    chosen[v] = 0;
  }

  double value(const Monomial& monomial, const Values& x) const {
    double product = 1;
    for (std::size_t v = 0; v < x.size(); ++v)
      for (unsigned k = 0; k < monomial[v]; ++k) product *= static_cast<double>(x[v]) / scale_[v];
    return product;
  }

  void add_neighbours() {
    std::vector<State> outside;
    for (State s = 0; s < states_.size(); ++s)
      if (!states_.is_kept(s)) outside.push_back(s);
    const std::size_t step = outside.size() / most_neighbours + 1;
    for (std::size_t k = 0; k < outside.size(); k += step) {
      Values x(variables_.size());
      for (std::size_t v = 0; v < x.size(); ++v) x[v] = states_.value(outside[k], v);
      add_state(x);
    }
  }

  // On rays from the least corner, some along the sides: up to 2^16 times as far as the kept states.
  void add_far_states() {
    std::mt19937 random(1);
    const auto draw = [&] { return std::uniform_real_distribution<double>(0, 1)(random); };
    for (std::size_t k = 0; k < most_far; ++k) {
      const double distance = std::exp2(16.0 * static_cast<double>(k) / most_far);
      Values x;
      for (std::size_t v = 0; v < variables_.size(); ++v) {
        const auto range = static_cast<double>(variables_[v].high - variables_[v].low);
        const double kind = draw(), size = draw();
        if (!unbounded_[v])
          x.push_back(variables_[v].low + static_cast<std::int64_t>(size * (range + 0.999)));
        else
          x.push_back(kind < 0.3 ? static_cast<std::int64_t>(4 * size)
                                 : static_cast<std::int64_t>(distance * scale_[v] * (kind < 0.6 ? size : size * size)));
      }
      if (!states_.keeps(x)) add_state(x);
    }
  }

  // Drift and size of the function in this state as rows of the program; nothing where the model goes wrong there.
  void add_state(const Values& x) {
    const std::size_t n = monomials_.size();
    std::vector<double> drift(n), size(n);
    for (std::size_t k = 0; k < n; ++k) size[k] = -value(monomials_[k], x);
    try {
      expand(x, drift);
    } catch (const Error&) {
      successors_.reset();
      return;
    }
    add_row(drift);
    add_row(size);
  }

  // Of each monomial at x.
  void expand(const Values& x, std::vector<double>& drift) {
    const Packing& packing = states_.model().packing;
    if (!successors_) successors_.emplace(states_.model());
    std::vector<std::uint64_t> words(states_.model().words());
    for (std::size_t v = 0; v < x.size(); ++v) packing.set(words.data(), v, x[v]);
    successors_->find(words.data());
    Values target(x.size());
    for (const prism::Transitions::Step& step : successors_->steps()) {
      for (std::size_t v = 0; v < x.size(); ++v) target[v] = packing.value(step.target, v);
      for (std::size_t k = 0; k < drift.size(); ++k)
        drift[k] += step.rate * (value(monomials_[k], target) - value(monomials_[k], x));
    }
  }

  // entries . coefficients + margin <= 0, the largest entry scaled to 1.
  void add_row(const std::vector<double>& entries) {
    double largest = 0;
    for (const double entry : entries) largest = std::max(largest, std::abs(entry));
    if (!(largest > 0) || !std::isfinite(largest)) return;
    std::vector<double> row;
    for (const double entry : entries) row.push_back(entry / largest);
    for (const double entry : entries) row.push_back(-entry / largest);
    row.push_back(1);
    program_.rows.push_back(std::move(row));
    program_.limits.push_back(0);
  }

  // In four digits, what is next to nothing left out, with a constant that keeps it from being negative.
  std::string text(const std::vector<double>& coefficients) const {
    constexpr double next_to_nothing = 1e-4;
    std::string sum;
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
      if (std::abs(coefficients[k]) < next_to_nothing) continue;
      double coefficient = coefficients[k];
      std::string product;
      for (std::size_t v = 0; v < variables_.size(); ++v)
        for (unsigned power = 0; power < monomials_[k][v]; ++power) {
          coefficient /= scale_[v];
          product += variables_[v].boolean ? fmt::format("*({} ? 1 : 0)", variables_[v].name)
                                           : fmt::format("*{}", variables_[v].name);
        }
      sum += fmt::format("{}{:.4g}{}", sum.empty() || coefficient < 0 ? "" : "+", coefficient, product);
    }
    const double least = least_value(coefficients);
    return least < 0 ? fmt::format("{}+{:.4g}", sum, 1 - 4 * least) : sum;
  }

  // Of the function in the kept states, a thousand of them at most.
  double least_value(const std::vector<double>& coefficients) const {
    const std::size_t step = states_.kept().size() / 1000 + 1;
    double least = 0;
    Values x(variables_.size());
    for (std::size_t i = 0; i < states_.kept().size(); i += step) {
      for (std::size_t v = 0; v < x.size(); ++v) x[v] = states_.value(states_.kept()[i], v);
      double sum = 0;
      for (std::size_t k = 0; k < monomials_.size(); ++k) sum += coefficients[k] * value(monomials_[k], x);
      least = std::min(least, sum);
    }
    return least;
  }

  const prism::GrowingStates& states_;
  const std::vector<Variable>& variables_;
  std::vector<bool> unbounded_;
  std::vector<double> scale_;
  std::vector<Monomial> monomials_;
  std::optional<prism::Transitions> successors_;
  LinearProgram program_;  // of each coefficient its positive and its negative part, and of the margin
};

}  // namespace

std::string find_drift(const prism::GrowingStates& states, unsigned degree) {
  return DriftFinder(states, degree).run();
}

}  // namespace steady::detail
