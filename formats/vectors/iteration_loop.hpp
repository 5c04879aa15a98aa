// A run of iterations of a method that are alike, between two of its tests.
//
// On the host it is a loop. On a GPU the iterations of a run are one launch: recorded the first time as a CUDA graph
// that loops on the device, and replayed (cuda_iteration_loop.hpp). So an iteration applies the same operations to the
// same vectors each time, none that waits for a number; of what changes between runs it uses the numbers that it
// carries, and constants else. Other numbers that it sets are its own: on a GPU they mean nothing after a run.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>

namespace steady::detail {

// That |x| lies between two numbers, which none does that is not a number.
template <class Number>
struct RangeCheck {
  Number low, x, high;
};

inline bool holds(const RangeCheck<double>& between) {
  const double size = std::abs(between.x);
  return between.low < size && size < between.high;
}

template <class List>
bool all_hold(const List& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [](const RangeCheck<double>& between) { return holds(between); });
}

// What a run came to.
struct Iterations {
  std::size_t done = 0;
  bool sound = true;  // what the last one asked for held
};

template <class Vector>
class IterationLoop {
 public:
  // `records`: whether iterations can be recorded, which one that waits cannot.
  explicit IterationLoop(bool /*records*/ = true) {}

  // Calls iterate() so many times, or until go_on(iterations done) says no: a GPU's are asked about beforehand.
  // `places`: where the vectors lie that do not lie in the same places in each run. Returns how many were done.
  template <class Iterate, class GoOn>
  std::size_t operator()(std::size_t times, std::initializer_list<const void*> /*places*/, Iterate iterate,
                         GoOn go_on) {
    std::size_t done = 0;
    for (; done < times && go_on(done); ++done) iterate();
    return done;
  }

  // The same as long as all holds that iterate() returns, a list of RangeChecks. On a GPU that is seen an iteration
  // late. `carried`: the numbers that an iteration takes from the one before, and those that change between runs.
  template <class Iterate, class GoOn>
  Iterations run_while(std::size_t times, std::initializer_list<double*> /*carried*/, Iterate iterate, GoOn go_on) {
    Iterations run;
    for (; run.sound && run.done < times && go_on(run.done); ++run.done) run.sound = all_hold(iterate());
    return run;
  }
};

}  // namespace steady::detail
