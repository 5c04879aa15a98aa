#include "solver/truncation/convergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/base/with_commas.hpp"

namespace steady::detail {

namespace {

constexpr std::size_t large = 100'000;  // states of a set that says something of the tail
constexpr std::size_t looked_at = 4;    // of the last sets

double change(const std::vector<double>& now, const std::vector<double>& before) {
  double most = 0;
  for (std::size_t k = 0; k < now.size(); ++k)
    most = std::max(most, std::abs(now[k] - before[k]) / std::max(1.0, std::abs(now[k])));
  return most;
}

}  // namespace

void Convergence::add(SetOfStates set) {
  if (sets_.empty())
    set.moved = 1;
  else
    set.moved = std::max({set.moved, change(set.means, last().means), change(set.rewards, last().rewards)});
  sets_.push_back(std::move(set));
}

bool Convergence::reached() const { return last().outflow <= tolerance_ && last().moved <= tolerance_; }

double Convergence::useful_tolerance(std::size_t unbounded) const {
  constexpr double roughest = 1e-6;
  if (sets_.empty()) return roughest;
  // Of an exponential tail in so many variables: a set twice as large is wider by the root of 2 in each.
  const double next = std::pow(last().outflow, std::exp2(1 / static_cast<double>(std::max<std::size_t>(unbounded, 1))));
  return std::clamp(1e-3 * next, 1e-3 * tolerance_, roughest);
}

double Convergence::power(std::size_t k) const {
  const SetOfStates &before = sets_[k - 1], &now = sets_[k];
  const double size = static_cast<double>(now.states) / static_cast<double>(before.states);
  return std::log(before.outflow / now.outflow) / std::log(size);
}

// Names a variable whose mean grows in all of the last sets.
std::string Convergence::find_growth(const std::vector<Variable>& variables, std::size_t unbounded) const {
  const std::size_t end = sets_.size();
  const double growth = std::pow(2, 0.7 / static_cast<double>(std::max<std::size_t>(unbounded, 1)));
  for (std::size_t v = 0; v < variables.size(); ++v) {
    bool grows = true;
    for (std::size_t k = end - looked_at; k < end; ++k)
      grows = grows && std::abs(sets_[k].means[v]) > growth * std::abs(sets_[k - 1].means[v]);
    if (grows)
      return fmt::format(
          "the mean of '{}' grows with the set of states, to {:.3g} in {} and {:.3g} in {}: no steady "
          "state is seen",
          variables[v].name, sets_[end - 2].means[v], with_commas(sets_[end - 2].states), last().means[v],
          with_commas(last().states));
  }
  return "";
}

std::string Convergence::hopeless(const std::vector<Variable>& variables, std::size_t unbounded, double most) const {
  constexpr double settled = 0.01, steady_power = 0.25;
  if (last().states < large || sets_.size() <= looked_at) return "";
  double least_power = INFINITY;
  for (std::size_t k = sets_.size() - looked_at; k < sets_.size(); ++k) least_power = std::min(least_power, power(k));
  const double by = power(sets_.size() - 1);
  if (by > least_power + steady_power) return "";
  if (std::string growth = find_growth(variables, unbounded); !growth.empty()) return growth;
  const double size = static_cast<double>(last().states);
  const double needed = by > 0 ? size * std::pow(last().outflow / tolerance_, 1 / by) : INFINITY;
  if (last().moved > settled || needed <= most) return "";
  return fmt::format("what leaves falls only like a power of the number of states, 1/n^{:.2g}, to {:.2g} of {}", by,
                     last().outflow, with_commas(last().states));
}

}  // namespace steady::detail
