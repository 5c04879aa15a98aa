// Sweeps from one vector to another until x is a fixed point: what jacobi and power have in common.
//
// One of ten sweeps measures the residual of its x, normalised. Those in between are an IterationLoop: two an iteration
// of it, there and back.
#pragma once

#include <utility>

#include "formats/vectors/iteration_loop.hpp"
#include "solver/methods/problem.hpp"

namespace steady::detail {

// `sweep(from, to, tally)`: an operation of RateOperator that returns its Pass, to = from P for some P with x P = x.
template <class Vector, class Sweep>
Outcome fixed_point(Vector& x, Monitor& monitor, Sweep sweep) {
  Vector y(x.size());
  IterationLoop<Vector> loop;
  for (std::size_t k = 0;;) {
    normalise(x);
    const Pass pass = sweep(x, y, Tally::yes);
    if (const auto stop = monitor.check(k, k + 1, pass.residual)) return *stop;
    std::swap(x, y);
    const std::size_t next = check_after(k++);
    const auto there_and_back = [&] {
      sweep(x, y, Tally::no);  // y = x P
      sweep(y, x, Tally::no);  // x = y P
    };
    const auto go_on = [&](std::size_t rounds) { return !monitor.out_of_budget(k + 2 * rounds + 1); };
    k += 2 * loop((next - k) / 2, {x.data(), y.data()}, there_and_back, go_on);
    if (k == next || monitor.out_of_budget(k)) continue;
    sweep(x, y, Tally::no);
    std::swap(x, y);
    ++k;
  }
}

}  // namespace steady::detail
