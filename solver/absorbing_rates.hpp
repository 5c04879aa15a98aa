// Linear systems with D - R: the rates R among some states that the chain leaves for good, D their exit rates, to all
// the digits of a double and more.
//
// D - R is a nonsingular M-matrix as long as every state can reach a way out. Two systems are asked of it: rows,
// x (D - R) = b, the expected time x in each state when b enters; and columns, (D - R) x = b, the expected reward x
// from each state on.
#pragma once

#include <functional>
#include <vector>

#include <steady/chain.hpp>

#include "formats/base/extended_range.hpp"
#include "solver/methods/monitor.hpp"

namespace steady::detail {

struct AbsorbingRates {
  Csr inflow;                           // row i: the rates into state i, without the diagonal
  std::vector<double> exit_rate;        // D, rounded: all rates that leave the state, also those that lead out
  std::vector<double> absorption_rate;  // of D, the part that leads out
};

enum class Side { rows, columns };

// Elimination without subtractions, from the rates and the absorption rates alone: for b >= 0 every entry of the result
// is relatively exact (solver/elimination/elimination.hpp), also those of states where the chain stays for longer than
// any double. Dense: 8 n^2 bytes, 2/3 n^3 operations.
std::vector<ExtendedRange> solve_by_elimination(
    const AbsorbingRates& rates, Side side, const std::vector<double>& b,
    const std::function<bool()>& stop = [] { return false; });  // empty if `stop` said so meanwhile

// Of x (D - R) = b, b >= 0: the largest difference between what flows into a state and what flows out of it, relative
// to that. Not a number where x is not.
double flow_balance(const AbsorbingRates& rates, const std::vector<double>& b, const std::vector<ExtendedRange>& x);

// Iteratively (absorbing_system.hpp, with incomplete factors), refined by corrections of the residual, which alone
// decides: its sum for rows (b is a part of a distribution), its largest entry over the state's exit rate for columns,
// whose x averages b's values. For rows x is never negative. The residual is that of twice a double's digits, to which
// x is then rounded: that changes each entry of x, and so whatever is added up from them, by relatively 1e-16 only.
Outcome solve_by_refinement(const AbsorbingRates& rates, Side side, const std::vector<double>& b,
                            std::vector<double>& x, Monitor& monitor);

}  // namespace steady::detail
