// Finds what proves an error bound, and improves the distribution until the bound is small enough.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "solver/distributed/absorption.hpp"
#include "solver/distributed/stationary.hpp"

namespace steady::detail {

struct DistributedCertificate {
  double total_variation = INFINITY;      // proven of the solver's distribution
  std::vector<std::uint64_t> references;  // the states that the hitting times
                                          // are of, one of each bottom component
  std::vector<double> hitting_times;      // by which it is proven; of own states
  std::string reason;                     // why nothing is proven
  double seconds = 0;

  bool proven() const { return std::isfinite(total_variation); }
};

// What the proof is of: where the chain begins, and where it ends.
struct Ends {
  const std::vector<std::uint64_t>& initial;
  const BottomComponents& bottom;
  const Absorption& absorption;
};

// The solver's distribution, and goes on with its method until the bound is at most `target`, as far as that gets.
DistributedCertificate certify(const Generator& q, const Ends& ends, StationarySolver& solver, double target);

}  // namespace steady::detail
