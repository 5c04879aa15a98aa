// Which plans `auto` tries, in which order; and the one plan of a method that was chosen.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <vector>

#include <steady/error.hpp>
#include <steady/options.hpp>

#include "solver/elimination/elimination.hpp"
#include "solver/plan.hpp"
#include "solver/plan_memory.hpp"

namespace steady::detail {

// The directions of sweeps that the options leave open.
inline Directions directions_to_compare(const Options& options) {
  if (options.direction == SweepDirection::forward) return {Direction::forward};
  if (options.direction == SweepDirection::backward) return {Direction::backward};
  return {std::begin(both_directions), std::end(both_directions)};
}

// What may have to be found out of a chain before there is a plan; each is asked for at most once.
struct ChainLooks {
  std::function<bool()> decomposable;    // whether it is one of weakly coupled blocks
  std::function<Direction()> direction;  // the better one of sweeps
};

template <class Vector>
class Planner {
  using Plan = detail::Plan<Vector>;

 public:
  Planner(const IrreducibleChain& chain, const Options& options, ChainLooks looks)
      : chain_(chain), options_(options), looks_(std::move(looks)) {}

  // What is to be run, one after the other until one solves the chain.
  std::vector<Plan> make_plans() {
    const Preconditioner wanted = wanted_preconditioner();
    if (options_.method != Method::automatic) {
      Plan plan = make_plan(options_.method, wanted);
      plan.elimination.multiplications = options_.most_multiplications;
      return {plan};
    }
    const std::size_t n = chain_.inflow.rows();
    if (n <= dense_limit) return {make_plan(Method::gth)};
    const auto entries = static_cast<double>(chain_.inflow.entries());
    std::vector<Plan> plans;
    const auto add_elimination = [&](double multiplications) {
      plans.push_back(make_plan(Method::gth));
      plans.back().elimination.multiplications = multiplications;
    };
    if (looks_sparse_to_eliminate(chain_)) add_elimination(100 * entries + 1e7);
    // Of a chain of weakly coupled blocks, a small residual says little.
    if (!looks_.decomposable()) plans.push_back(make_plan(Method::bicgstab, wanted));
    // What bicgstab does not take to, or does not see, elimination may do in the time of some sweeps.
    constexpr std::size_t planned_soon = 100'000, planned_at_all = 300'000;  // states: an order takes long, too
    if (n <= planned_soon) add_elimination(std::max(1000 * entries, 1e8));
    plans.push_back(make_plan(Method::multilevel));
    if (n <= planned_at_all) add_elimination(2e10);
    if (options_.preconditioner == Preconditioner::automatic && wanted == Preconditioner::gauss_seidel) {
      plans.push_back(make_plan(Method::bicgstab, Preconditioner::symmetric_gauss_seidel));
      plans.push_back(make_plan(Method::bicgstab, Preconditioner::ilu0));
    }
    plans.push_back(make_plan(Method::gauss_seidel));
    if (options_.direction != SweepDirection::symmetric) {
      plans.push_back(plans.back());
      plans.back().directions = {opposite(plans.back().directions[0])};
    }
    if (n <= planned_at_all) add_elimination(1e12);
    plans.push_back(make_plan(Method::power));
    return plans;
  }

 private:
  Preconditioner wanted_preconditioner() const {
    if (options_.preconditioner != Preconditioner::automatic) return options_.preconditioner;
    return options_.direction == SweepDirection::symmetric ? Preconditioner::symmetric_gauss_seidel
                                                           : Preconditioner::gauss_seidel;
  }

  // The entry of the list with this value of a field.
  template <class Entry, std::size_t count, class Value>
  static const Entry& find(const Entry (&list)[count], Value Entry::*field, Value value) {
    return *std::find_if(list, list + count, [=](const Entry& entry) { return entry.*field == value; });
  }

  // `preconditioner`: for a method that takes one.
  Plan make_plan(Method wanted, Preconditioner preconditioner = Preconditioner::none) {
    const MethodEntry<Vector>& method = find(methods<Vector>, &MethodEntry<Vector>::method, wanted);
    Plan plan{&method, nullptr, method.sweeps ? directions() : Directions{}};
    plan.elimination.entries = std::min(plan.elimination.entries, entries_within_limit(chain_, options_));
    if (wanted == Method::multilevel && plan.directions.size() == 1 && options_.direction == SweepDirection::automatic)
      plan.directions.push_back(opposite(plan.directions[0]));
    if (!method.preconditioned) return plan;
    plan.preconditioner = &find(preconditioners<Vector>, &PreconditionerEntry<Vector>::preconditioner, preconditioner);
    if (plan.preconditioner->directions == 1 && plan.directions.size() > 1)
      throw Error(fmt::format("preconditioner {} goes in one direction; symmetric-gauss-seidel goes in both",
                              name(preconditioner)));
    if (plan.preconditioner->directions > plan.directions.size())
      plan.directions.push_back(opposite(plan.directions[0]));
    return plan;
  }

  Directions directions() {
    if (options_.direction != SweepDirection::automatic) return directions_to_compare(options_);
    if (!better_) better_ = looks_.direction();
    return {*better_};
  }

  const IrreducibleChain& chain_;
  const Options& options_;
  ChainLooks looks_;
  std::optional<Direction> better_;  // once it is known
};

}  // namespace steady::detail
