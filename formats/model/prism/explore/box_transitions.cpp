#include "formats/model/prism/explore/box_transitions.hpp"

#include <utility>

namespace steady::detail::prism {

namespace {

class BoxTransitionFinder {
 public:
  BoxTransitionFinder(const CompiledModel& model, const Box& box) : model_(model), box_(box) {
    for (std::size_t v = 0; v < box.size(); ++v) here_.push_back(BoxPolynomial::variable(box, v));
  }

  std::vector<BoxTransition> run() {
    for (const Synchronization& synchronization : model_.synchronizations)
      take(synchronization, 0, {Interval(1), here_});
    return std::move(found_);
  }

 private:
  // Every choice of a command and an update for each of the parts from number `part` on, joined to what was chosen.
  void take(const Synchronization& synchronization, std::size_t part, const BoxTransition& chosen) {
    if (part == synchronization.parts.size()) {
      found_.push_back(chosen);
      return;
    }
    for (const CompiledCommand& command : model_.commands) {
      if (command.part != synchronization.parts[part]) continue;
      const Interval holds = evaluate(model_.program, command.guard, here_, box_).range(box_);
      if (holds.high == 0) continue;
      for (const CompiledUpdate& update : command.updates) {
        BoxTransition next = chosen;
        next.rate = next.rate * evaluate(model_.program, update.rate, here_, box_);
        if (!(holds.low > 0)) next.rate = BoxPolynomial::hull(Interval(0), next.rate);
        for (const CompiledAssignment& assignment : update.assignments)
          next.target[assignment.variable] = evaluate(model_.program, assignment.value, here_, box_);
        take(synchronization, part + 1, next);
      }
    }
  }

  const CompiledModel& model_;
  const Box& box_;
  std::vector<BoxPolynomial> here_;
  std::vector<BoxTransition> found_;
};

}  // namespace

std::vector<BoxTransition> transitions_from(const CompiledModel& model, const Box& box) {
  return BoxTransitionFinder(model, box).run();
}

}  // namespace steady::detail::prism
