#include "formats/chain/rate_errors.hpp"

#include <algorithm>
#include <limits>

#include "formats/base/relative_error.hpp"

namespace steady::detail {

void RateErrors::read(State state, double error) {
  if (wanted_) read_.push_back({state, error});
}

void RateErrors::added(const Csr& outgoing) {
  if (!wanted_) return;
  of_states_.assign(outgoing.rows(), 0.0);
  std::vector<std::size_t> count(outgoing.rows());
  for (const auto& [state, error] : read_) {
    of_states_[state] = std::max(of_states_[state], error);
    ++count[state];
  }
  read_ = {};
  for (std::size_t i = 0; i < count.size(); ++i) {
    const std::size_t left = outgoing.row_start[i + 1] - outgoing.row_start[i];
    if (count[i] > left) of_states_[i] = summed(of_states_[i], static_cast<double>(count[i] - left));
  }
}

void RateErrors::divided(State state, double sum, std::span<const double> results) {
  if (!wanted_) return;
  double& error = of_states_[state];
  const auto subnormal = [](double rate) { return rate > 0 && rate < std::numeric_limits<double>::min(); };
  if (std::any_of(results.begin(), results.end(), subnormal)) {
    error = INFINITY;
    return;
  }
  const Interval exact = around(1, error) / around(sum, summed(error, static_cast<double>(results.size())));
  error = compounded(relative_error(exact * sum, 1), half_unit);
}

// A reward is read with at most three roundings, as 1/3, and multiplied with two more; it is added to the others.
void RewardErrors::add(State state, double value, bool by_rate, double rates) {
  constexpr double of_a_product = 6;
  if (earned_.empty() || value == 0) return;
  Earned& earned = earned_[state];
  const double size = std::abs(value) < std::numeric_limits<double>::min() ? INFINITY : std::abs(value);
  earned.size += size;
  if (by_rate) earned.by_rates += size;
  earned.roundings += of_a_product + rates;
}

std::vector<double> RewardErrors::of_states(const std::vector<double>& rate_error) const {
  std::vector<double> errors;
  for (std::size_t i = 0; i < earned_.size(); ++i) {
    const auto& [size, by_rates, roundings] = earned_[i];
    const double rounding = summed(0, roundings), of_rates = rate_error.empty() ? 0 : rate_error[i];
    const double by_them = multiply_up(by_rates, compounded(compounded(of_rates, within_), rounding));
    errors.push_back(size == 0 ? 0 : add_up(by_them, rounded_ ? multiply_up(size, compounded(rounding, rounding)) : 0));
  }
  return errors;
}

void widen(std::vector<double>& of_states, std::size_t states, double error) {
  of_states.resize(states, 0.0);
  for (double& of_state : of_states) of_state = compounded(of_state, error);
}

}  // namespace steady::detail
