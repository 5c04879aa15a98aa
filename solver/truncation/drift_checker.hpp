// What the proof of a truncation rests on beside what is finite: that a function has negative drift in every state that
// is not kept, however large. papers/unbounded/README.md has the theorem. Shares nothing with what finds the function.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "formats/model/prism/explore/growing_states.hpp"

namespace steady::detail {

// A function of the variables, as an expression that was compiled into `program`.
struct DriftFunction {
  std::shared_ptr<const prism::Source> source;  // of the program's places
  prism::Program program;
  prism::Entry entry;
};

// Empty where it is proven that every state which can be reached from the kept ones lies in a box that ranges to
// infinity, that there g >= 0 grows beyond every bound, and that (Q g)(i) <= -drift in all of its states which are not
// kept; else why that is not seen. The rates of states that are not kept: what their expressions are if nothing is
// rounded. `interrupted` is asked often; true ends it.
std::string refute_drift(const prism::GrowingStates& states, const DriftFunction& g, double drift,
                         const std::function<bool()>& interrupted);

}  // namespace steady::detail
