// The exact exit rates of a chain: part of what a proof rests on, together with formats/base/interval.hpp.
#pragma once

#include <vector>

#include <steady/csr.hpp>

namespace steady::detail {

// The exact sum of the rates from a state is within `error` of high + low.
struct Exit {
  double high = 0, low = 0, error = 0;
};

// Of every state, from the rates into each. Not a number where a thread does not round as it should.
std::vector<Exit> exact_exits(const Csr& inflow);

}  // namespace steady::detail
