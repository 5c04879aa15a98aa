// The long-run distribution of any small chain in numbers that do not round, or hardly: elimination without
// subtractions in fractions or in 100 decimal digits.
#pragma once

#include <vector>

#include <steady/chain.hpp>

namespace steady::tests {

// Censors the states listed, from the last to the first, in a dense matrix of rates between n states; afterwards
// rate[i][k] is divided by k's exit rate to the states before it and those not listed.
template <class Number>
void censor(std::vector<std::vector<Number>>& rate, const std::vector<std::size_t>& listed) {
  std::vector<bool> gone(rate.size(), false);
  for (std::size_t l = listed.size(); l-- > 0;) {
    const std::size_t k = listed[l];
    gone[k] = true;
    Number exit = 0;
    for (std::size_t j = 0; j < rate.size(); ++j)
      if (!gone[j]) exit += rate[k][j];
    for (std::size_t i = 0; i < rate.size(); ++i) {
      if (gone[i] || rate[i][k] == 0) continue;
      rate[i][k] /= exit;
      for (std::size_t j = 0; j < rate.size(); ++j)
        if (!gone[j] && j != i && rate[k][j] != 0) rate[i][j] += rate[i][k] * rate[k][j];
    }
  }
}

// Floyd and Warshall: who can reach whom.
inline std::vector<std::vector<bool>> reach(const Chain& chain) {
  const std::size_t n = chain.size();
  std::vector<std::vector<bool>> to(n, std::vector<bool>(n, false));
  for (std::size_t i = 0; i < n; ++i) {
    to[i][i] = true;
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      to[chain.inflow.column[k]][i] = true;
  }
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      if (to[i][k])
        for (std::size_t j = 0; j < n; ++j)
          if (to[k][j]) to[i][j] = true;
  return to;
}

// The rates, dense: rate[i][j] from state i to another state j.
template <class Number>
std::vector<std::vector<Number>> rates_of(const Chain& chain) {
  const std::size_t n = chain.size();
  std::vector<std::vector<Number>> rate(n, std::vector<Number>(n, Number(0)));
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rate[chain.inflow.column[k]][i] = Number(chain.inflow.value[k]);
  return rate;
}

// With these rates, positive where the chain's are.
template <class Number>
std::vector<Number> exact_long_run(const Chain& chain, const std::vector<std::vector<Number>>& rate) {
  const std::size_t n = chain.size();
  const auto to = reach(chain);
  const auto recurrent = [&](std::size_t i) {
    for (std::size_t j = 0; j < n; ++j)
      if (to[i][j] && !to[j][i]) return false;
    return true;
  };
  std::vector<std::size_t> transient;
  std::vector<bool> passing(n);
  for (std::size_t i = 0; i < n; ++i)
    if ((passing[i] = !recurrent(i))) transient.push_back(i);

  // The initial distribution moves along with the transient states that are censored.
  std::vector<Number> start(n, Number(0)), result(n, Number(0));
  Number total = 0;
  for (const auto& [state, probability] : chain.initial) {
    start[state] += Number(probability);
    total += Number(probability);
  }
  std::vector<std::vector<Number>> with_start = rate;
  with_start.push_back(start);
  for (auto& row : with_start) row.push_back(Number(0));
  censor(with_start, transient);

  std::vector<bool> done(n, false);
  for (std::size_t i = 0; i < n; ++i) {
    if (passing[i] || done[i]) continue;
    std::vector<std::size_t> component;
    Number weight = 0;
    for (std::size_t j = 0; j < n; ++j)
      if (to[i][j]) {
        component.push_back(j);
        done[j] = true;
        weight += with_start[n][j] / total;
      }
    if (weight == 0) continue;
    std::vector<std::vector<Number>> inside(component.size(), std::vector<Number>(component.size()));
    for (std::size_t a = 0; a < component.size(); ++a)
      for (std::size_t b = 0; b < component.size(); ++b) inside[a][b] = rate[component[a]][component[b]];
    std::vector<std::size_t> all;
    for (std::size_t a = 1; a < component.size(); ++a) all.push_back(a);
    censor(inside, all);
    std::vector<Number> x(component.size(), Number(0));
    x[0] = 1;
    Number sum = 1;
    for (std::size_t k = 1; k < x.size(); ++k) {
      for (std::size_t a = 0; a < k; ++a) x[k] += x[a] * inside[a][k];
      sum += x[k];
    }
    for (std::size_t a = 0; a < x.size(); ++a) result[component[a]] = x[a] * weight / sum;
  }
  return result;
}

template <class Number>
std::vector<Number> exact_long_run(const Chain& chain) {
  return exact_long_run<Number>(chain, rates_of<Number>(chain));
}

// max over sets A of |p(A) - pi(A)|.
template <class Number>
Number total_variation(const std::vector<double>& p, const std::vector<Number>& pi) {
  Number above = 0, below = 0;
  for (std::size_t i = 0; i < pi.size(); ++i) {
    const Number difference = Number(p[i]) - pi[i];
    (difference > 0 ? above : below) += difference;
  }
  below = -below;
  return above > below ? above : below;
}

}  // namespace steady::tests
