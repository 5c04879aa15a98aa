// Row after row, as in Saad, Iterative Methods for Sparse Linear Systems, 2003, algorithm 10.4.
#include "solver/preconditioners/ilu0.hpp"

#include <algorithm>

namespace steady::detail {

IncompleteFactors factorise(const Csr& inflow, const std::vector<double>& exit_rate, Direction direction) {
  constexpr double nothing = 1e-10;  // of the exit rate
  constexpr std::uint64_t absent = ~std::uint64_t{0};
  const std::size_t n = inflow.rows();
  IncompleteFactors factors{inflow, exit_rate};
  Csr& m = factors.matrix;
  std::vector<std::uint64_t> place(n, absent);  // of each column in the row that is being worked on
  for (std::size_t step = 0; step < n; ++step) {
    const auto i = static_cast<State>(direction == Direction::forward ? step : n - 1 - step);
    const std::uint64_t first = m.row_start[i], last = m.row_start[i + std::size_t{1}];
    for (std::uint64_t k = first; k < last; ++k) place[m.column[k]] = k;
    for (std::uint64_t turn = first; turn < last; ++turn) {
      const std::uint64_t k = direction == Direction::forward ? turn : first + (last - 1 - turn);
      const State between = m.column[k];
      if (!earlier(between, i, direction)) break;
      const double share = m.value[k] / factors.diagonal[between];
      // Entries of both rows: those of the shorter one are looked up in the other.
      const std::uint64_t begin = m.row_start[between], end = m.row_start[between + std::size_t{1}];
      if (end - begin <= last - first) {
        for (std::uint64_t l = begin; l < end; ++l) {
          const State source = m.column[l];
          if (source == i)
            factors.diagonal[i] -= share * m.value[l];
          else if (earlier(between, source, direction) && place[source] != absent)
            m.value[place[source]] += share * m.value[l];
        }
        continue;
      }
      const auto row_begin = m.column.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto row_end = m.column.begin() + static_cast<std::ptrdiff_t>(end);
      const auto rate_from = [&](State source) {
        const auto found = std::lower_bound(row_begin, row_end, source);
        return found != row_end && *found == source ? m.value[static_cast<std::size_t>(found - m.column.begin())] : 0;
      };
      factors.diagonal[i] -= share * rate_from(i);
      for (std::uint64_t l = first; l < last; ++l)
        if (earlier(between, m.column[l], direction)) m.value[l] += share * rate_from(m.column[l]);
    }
    for (std::uint64_t k = first; k < last; ++k) place[m.column[k]] = absent;
    if (!(factors.diagonal[i] > nothing * exit_rate[i])) factors.diagonal[i] = exit_rate[i];
  }
  return factors;
}

}  // namespace steady::detail
