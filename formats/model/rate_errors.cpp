#include "formats/model/rate_errors.hpp"

#include <algorithm>

#include "formats/relative_error.hpp"

namespace steady {

RateErrors::Row& RateErrors::row(State state) {
  if (rows_.size() <= state) rows_.resize(std::max(2 * rows_.size(), state + std::size_t{1}));
  return rows_[state];
}

void RateErrors::read(State state, double error) {
  if (!wanted_) return;
  Row& own = row(state);
  own.error = std::max(own.error, error);
  ++own.read;
}

void RateErrors::added(const Csr& outgoing) {
  for (std::size_t i = 0; i < std::min(rows_.size(), outgoing.rows()); ++i) {
    const std::size_t left = outgoing.row_start[i + 1] - outgoing.row_start[i];
    if (rows_[i].read > left) rows_[i].error = summed(rows_[i].error, static_cast<double>(rows_[i].read - left));
  }
}

void RateErrors::divided(State state, double sum, std::size_t rates) {
  if (!wanted_) return;
  double& error = row(state).error;
  const Interval exact = around(1, error) / around(sum, summed(error, static_cast<double>(rates)));
  error = compounded(relative_error(exact * sum, 1), half_unit);
}

std::vector<double> RateErrors::of(std::size_t states) const {
  if (!wanted_) return {};
  std::vector<double> error(states, 0.0);
  for (std::size_t i = 0; i < std::min(states, rows_.size()); ++i) error[i] = rows_[i].error;
  return error;
}

}  // namespace steady
