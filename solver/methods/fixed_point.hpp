// Sweeps from one vector to another until x is a fixed point: what jacobi and power have in common.
//
// One of ten sweeps measures the residual of its x, normalised. Those in between are an IterationLoop: two a turn,
// there and back.
#pragma once

#include <utility>

#include "formats/vectors/iteration_loop.hpp"
#include "solver/methods/problem.hpp"

namespace steady {

// `sweep(from, to, tally)`: a word of RateOperator that returns its Pass.
template <class Vector, class Sweep>
Outcome fixed_point(Vector& x, Monitor& monitor, Sweep sweep) {
  Vector y(x.size());
  IterationLoop<Vector> repeat;
  for (std::size_t k = 0;;) {
    normalise(x);
    const Pass pass = sweep(x, y, Tally::yes);
    if (const auto stop = monitor.check(k, k + 1, pass.residual)) return *stop;
    std::swap(x, y);
    const std::size_t next = check_after(k++);
    const auto there_and_back = [&] {
      sweep(x, y, Tally::no);
      sweep(y, x, Tally::no);
    };
    const auto go_on = [&](std::size_t turns) { return !monitor.out_of_budget(k + 2 * turns + 1); };
    k += 2 * repeat((next - k) / 2, {x.data(), y.data()}, there_and_back, go_on);
    if (k == next || monitor.out_of_budget(k)) continue;
    sweep(x, y, Tally::no);
    std::swap(x, y);
    ++k;
  }
}

}  // namespace steady
