// A method with what it is run with.
#pragma once

#include <vector>

#include <steady/options.hpp>

#include "solver/elimination/elimination_plan.hpp"
#include "solver/known_orders.hpp"
#include "solver/methods/list.hpp"
#include "solver/preconditioners/list.hpp"

namespace steady::detail {

inline SweepDirection direction_of(const Directions& directions) {
  if (directions.size() > 1) return SweepDirection::symmetric;
  return directions.front() == Direction::forward ? SweepDirection::forward : SweepDirection::backward;
}

template <class Vector>
struct Plan {
  const MethodEntry<Vector>* method;
  const PreconditionerEntry<Vector>* preconditioner;  // null where the method takes none
  Directions directions;                              // of its sweeps, and of the operator
  EliminationLimits elimination = {};
};

template <class Vector>
MethodConfig config_of(const Plan<Vector>& plan) {
  MethodConfig config{plan.method->method};
  if (plan.preconditioner) config.preconditioner = plan.preconditioner->preconditioner;
  if (plan.method->sweeps) config.direction = direction_of(plan.directions);
  return config;
}

}  // namespace steady::detail
