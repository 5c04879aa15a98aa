// One value a state: from the states' own order to that of an operator's vectors, and back.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "formats/base/block_sum.hpp"
#include "formats/matrix/rate_operator.hpp"

namespace steady::detail {

template <class Vector>
Vector arranged(const RateOperator<Vector>& inflow, const std::vector<double>& values) {
  const std::span<const State> order = inflow.order();
  Vector x;
  if (order.empty()) {
    upload(values, x);
    return x;
  }
  std::vector<double> ordered(values.size());
  for_each_entry(values.size(), [&](std::size_t p) { ordered[p] = values[order[p]]; });
  upload(ordered, x);
  return x;
}

template <class Vector>
std::vector<double> rearranged(const RateOperator<Vector>& inflow, const Vector& x) {
  const std::span<const State> order = inflow.order();
  std::vector<double> ordered = download(x);
  if (order.empty()) return ordered;
  std::vector<double> values(ordered.size());
  for_each_entry(ordered.size(), [&](std::size_t p) { values[order[p]] = ordered[p]; });
  return values;
}

}  // namespace steady::detail
