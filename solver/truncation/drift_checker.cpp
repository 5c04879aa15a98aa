#include "solver/truncation/drift_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/box_transitions.hpp"
#include "formats/model/prism/language/box_polynomial.hpp"

namespace steady::detail {

using prism::Box;
using prism::BoxPolynomial;
using prism::BoxSide;

namespace {

constexpr std::size_t most_boxes = 20'000;
constexpr double few_states = 64;

std::string describe(const Box& box) {
  std::string text;
  for (const BoxSide& side : box) {
    text += text.empty() ? "" : ",";
    text += side.low == side.high ? fmt::format("{}", side.low) : fmt::format("{}..", side.low);
    if (side.low != side.high && std::isfinite(side.high)) text += fmt::format("{}", side.high);
  }
  return "(" + text + ")";
}

double states_in(const Box& box) {
  double count = 1;
  for (const BoxSide& side : box) count *= side.high - side.low + 1;
  return count;
}

class DriftChecker {
 public:
  DriftChecker(const prism::GrowingStates& states, const DriftFunction& g, double drift)
      : states_(states), model_(states.model()), g_(g), drift_(drift) {}

  std::string run(const std::function<bool()>& interrupted) {
    find_space();
    if (const std::string why = refute_growth(); !why.empty()) return why;
    std::vector<Box> boxes{space_};
    for (std::size_t seen = 0; !boxes.empty(); ++seen) {
      if (interrupted()) return "the drift was not looked at in every state in time";
      const Box box = boxes.back();
      boxes.pop_back();
      if (all_kept(box) || holds_in(box)) continue;
      if (states_in(box) == 1) return fmt::format("no negative drift is seen in {}, which is not kept", describe(box));
      if (seen == most_boxes)
        return fmt::format("no negative drift is seen outside the kept states in {} boxes of states, such as {}",
                           with_commas(most_boxes), describe(box));
      split(box, boxes);
    }
    return "";
  }

 private:
  // The states that are to be looked at: of an int without a range all from the least value that was found on.
  void find_space() {
    for (std::size_t v = 0; v < model_.packing.variables().size(); ++v) {
      const Variable& variable = model_.packing.variables()[v];
      space_.push_back({static_cast<double>(variable.low), static_cast<double>(variable.high)});
    }
    for (const std::uint32_t v : model_.unbounded) {
      std::int64_t least = states_.value(0, v);
      for (State s = 1; s < states_.size(); ++s) least = std::min(least, states_.value(s, v));
      space_[v] = {static_cast<double>(least), INFINITY};
    }
  }

  BoxPolynomial g_of(const std::vector<BoxPolynomial>& variables, const Box& box) const {
    return evaluate(g_.program, g_.entry, variables, box);
  }

  // Why it is not seen that g >= 0, and that g is at least a part of each variable without a range: its level sets are
  // finite then.
  std::string refute_growth() const {
    constexpr double part = 1.0 / 1024;
    std::vector<BoxPolynomial> here;
    for (std::size_t v = 0; v < space_.size(); ++v) here.push_back(BoxPolynomial::variable(space_, v));
    const BoxPolynomial g = g_of(here, space_);
    if (!(g.lower(space_) >= 0)) return "it is not seen that the drift function is nowhere negative";
    for (const std::uint32_t v : model_.unbounded) {
      const BoxPolynomial rest = g - (here[v] - BoxPolynomial(space_[v].low)) * BoxPolynomial(part);
      if (!std::isfinite(rest.lower(space_)))
        return fmt::format("it is not seen that the drift function grows with '{}'",
                           model_.packing.variables()[v].name);
    }
    return "";
  }

  bool all_kept(const Box& box) const {
    if (!(states_in(box) <= few_states)) return false;
    std::vector<std::int64_t> values;
    for (const BoxSide& side : box) values.push_back(static_cast<std::int64_t>(side.low));
    for (;;) {
      if (!states_.keeps(values)) return false;
      std::size_t v = 0;
      while (v < box.size() && static_cast<double>(values[v]) == box[v].high)
        values[v] = static_cast<std::int64_t>(box[v].low), ++v;
      if (v == box.size()) return true;
      ++values[v];
    }
  }

  // Whether no state of the box has a transition out of the space, and each has enough drift.
  bool holds_in(const Box& box) const {
    std::vector<BoxPolynomial> here;
    for (std::size_t v = 0; v < box.size(); ++v) here.push_back(BoxPolynomial::variable(box, v));
    const BoxPolynomial g = g_of(here, box);
    BoxPolynomial drift;
    for (const prism::BoxTransition& transition : transitions_from(model_, box)) {
      if (transition.rate.upper(box) <= 0) continue;
      for (std::size_t v = 0; v < box.size(); ++v) {
        const Interval range = transition.target[v].range(box);
        if (!(range.low >= space_[v].low && range.high <= space_[v].high)) return false;
      }
      drift = drift + transition.rate * (g_of(transition.target, box) - g);
    }
    return drift.upper(box) <= -drift_;
  }

  // Along the side that is longest beside where it begins; one without end is left behind where it is twice as far.
  static void split(const Box& box, std::vector<Box>& boxes) {
    const auto length = [](const BoxSide& side) {
      const double from = 1 + std::abs(side.low);
      return std::isinf(side.high) ? 2 / from : (side.high - side.low) / from;
    };
    const auto longest = std::max_element(box.begin(), box.end(),
                                          [&](const BoxSide& a, const BoxSide& b) { return length(a) < length(b); });
    const double low = longest->low, high = longest->high;
    const double middle = std::isinf(high) ? low + std::abs(low) + 1 : std::floor((low + high) / 2);
    for (const BoxSide& half : {BoxSide{low, middle}, BoxSide{middle + 1, high}}) {
      boxes.push_back(box);
      boxes.back()[static_cast<std::size_t>(longest - box.begin())] = half;
    }
  }

  const prism::GrowingStates& states_;
  const prism::CompiledModel& model_;
  const DriftFunction& g_;
  double drift_;
  Box space_;
};

}  // namespace

std::string refute_drift(const prism::GrowingStates& states, const DriftFunction& g, double drift,
                         const std::function<bool()>& interrupted) {
  if (states.model().kind != Kind::ctmc) return "a drift is proven of a ctmc only";
  return DriftChecker(states, g, drift).run(interrupted);
}

}  // namespace steady::detail
