// A proof of a bound on the error of a distribution, which holds in whatever order the ranks and PETSc's messages add
// up: each rounding error is bounded beforehand (Higham 2002, section 3.1), and no rounding mode is asked for.
// papers/certificate has the theorems. What is given to it is not trusted.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/base/interval.hpp"
#include "solver/distributed/bottom.hpp"
#include "solver/distributed/generator.hpp"

namespace steady::detail {

// Each sum of so many numbers of one sign, of products of two, is within this of the exact one, relatively, in any
// order; with room for a few operations more.
double rounding_of_sum(std::uint64_t numbers);

// What a bound is claimed of, and why; one entry an own state.
struct Claim {
  const std::vector<std::uint64_t>& initial;     // where the chain begins, in each with the same probability
  const BottomComponents& bottom;                // closed sets, in one of which it ends
  const std::vector<double>& p;                  // not negative; 0 outside of the sets
  const std::vector<double>& h;                  // about the mean times until some reference is reached
  const std::vector<std::uint64_t>& references;  // one state of each set
  const std::vector<double>& visits;  // about the mean times in states outside; empty where that is no question
};

// Proven: max over sets A of |p(A)/m - pi(A)|, m being the sum of p; infinite where nothing is.
double total_variation_bound(const Generator& q, const Claim& claim);

}  // namespace steady::detail
