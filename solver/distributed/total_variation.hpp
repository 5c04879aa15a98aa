// A proof of a bound on the error of a distribution, which holds in whatever order the ranks and PETSc's messages add
// up: each rounding error is bounded beforehand (Higham 2002, section 3.1), and no rounding mode is asked for.
// papers/certificate has the theorem. What is given to it is not trusted.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/base/interval.hpp"
#include "solver/distributed/generator.hpp"

namespace steady::detail {

// Each sum of so many numbers of one sign, of products of two, is within this of the exact one, relatively, in any
// order; with room for a few operations more.
double rounding_of_sum(std::uint64_t numbers);

// Proven: max over sets A of |p(A)/m - pi(A)|, m being the sum of p; infinite where nothing is. p: not negative. h:
// about the mean times until the state `reference` is reached. Both one entry an own state.
double total_variation_bound(const Generator& q, const std::vector<double>& p, const std::vector<double>& h,
                             std::uint64_t reference);

}  // namespace steady::detail
