#include "solver/certify/exact_exits.hpp"

#include <cmath>

#include "formats/base/interval.hpp"
#include "formats/base/parallel.hpp"

namespace steady::detail {

// Rates are added up where they lie, each state's by the thread that has the state, in the order of the rows: nothing
// is transposed, and the bits do not depend on the threads. What two doubles cannot hold is less than its sum in
// doubles, times 1 + 2 n 2^-53 for n of them.
std::vector<Exit> exact_exits(const Csr& inflow) {
  std::vector<Exit> exits(inflow.rows());
  for_blocks(exits.size(), [&](std::size_t first, std::size_t last) {
    const bool sound = arithmetic_is_sound();
    for (std::size_t k = 0; k < inflow.column.size(); ++k) {
      if (inflow.column[k] < first || inflow.column[k] >= last) continue;
      Exit& exit = exits[inflow.column[k]];
      const auto [high, lost] = two_sum(exit.high, inflow.value[k]);
      const auto [low, lost_again] = two_sum(exit.low, lost);
      exit = {high, low, exit.error + std::abs(lost_again)};
    }
    const double rounding = 1 + (static_cast<double>(inflow.entries()) + 3) * 0x1p-52;
    for (std::size_t i = first; i < last; ++i) {
      const auto [high, low] = two_sum(exits[i].high, exits[i].low);
      exits[i] = {high, low, sound ? multiply_up(rounding, exits[i].error) : NAN};
    }
  });
  return exits;
}

}  // namespace steady::detail
