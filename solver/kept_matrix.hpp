// A chain's matrix as a solve on the host has prepared it, for a proof that goes on with it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <steady/options.hpp>

#include "formats/chain/direction.hpp"
#include "formats/matrix/rate_operator.hpp"
#include "formats/vectors/host.hpp"

namespace steady::detail {

struct KeptMatrix {
  std::unique_ptr<RateOperator<HostVector>> inflow;
  std::vector<Direction> directions;  // of sweeps, one or both; the better first
  std::size_t levels;                 // of that
  Method method;                      // that ended the solve
};

}  // namespace steady::detail
