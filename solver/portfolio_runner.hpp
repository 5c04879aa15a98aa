// The portfolio as one text for every device: which methods run, in which order, and when the next one takes over.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <type_traits>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/arrangement.hpp"
#include "formats/matrix/list.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/methods/list.hpp"
#include "solver/portfolio.hpp"
#include "solver/preconditioners/list.hpp"
#include "solver/residual.hpp"
#include "solver/structure/structure.hpp"
#include "solver/structure/sweep_direction.hpp"

namespace steady::detail {

using Directions = std::vector<Direction>;

inline SweepDirection direction_of(const Directions& directions) {
  if (directions.size() > 1) return SweepDirection::symmetric;
  return directions.front() == Direction::forward ? SweepDirection::forward : SweepDirection::backward;
}

// A device as the portfolio sees it.
template <class Vector>
struct DeviceKernels {
  Device device;
  std::span<const Kernel<Vector>> kernels;
  void (*require_room)(std::uint64_t bytes);  // throws NoRoom where the device has less
};

// What is to be run, one after the other until one solves the chain.
template <class Vector>
struct Plan {
  const MethodEntry<Vector>* method;
  const PreconditionerEntry<Vector>* preconditioner;  // null where the method takes none
  Directions directions;                              // of its sweeps, and of the operator
  EliminationLimits elimination = {};
};

template <class Vector>
class Portfolio {
  using Plan = detail::Plan<Vector>;

 public:
  Portfolio(const DeviceKernels<Vector>& device, const IrreducibleChain& chain, const Options& options,
            const Observer& observer, const InitialGuess& from)
      : device_(device),
        chain_(chain),
        options_(options),
        from_(from),
        monitor_(
            {options.tolerance, options.max_iterations, options.time_limit},
            *std::max_element(chain.exit_rate.begin(), chain.exit_rate.end()), observer,
            [&chain](const std::vector<double>& x) { return imbalance(chain.inflow, chain.exit_rate, x).balance; }) {
    kernels_ = in_setup([&] { return choose_kernels(device.kernels, chain.inflow, options); });
    if (chain.hints)
      for (const auto& order : chain.hints->orders) known_[order->direction] = order;
    result_.device = device.device;
    const std::size_t n = chain.inflow.rows();
    result_.distribution.assign(n, 1.0 / static_cast<double>(n));
  }

  // Runs the plans until one solves the chain; the best iterate so far is where the next begins, unless that is
  // multilevel.
  Stationary run() {
    const Stopwatch watch;
    const double setup_before = result_.setup_seconds;
    const std::vector<Plan> plans = make_plans();
    begin_from_guess();
    const std::vector<double> start = result_.distribution;
    for (std::size_t k = first_of(plans); k < plans.size(); ++k) {
      use(plans[k]);
      // A Krylov method that gave up may leave entries without any accuracy, and multilevel's weights are the entries.
      const bool anew = plans[k].method->method == Method::multilevel;
      Vector x = arranged(*inflow_, anew ? start : result_.distribution);
      const Outcome outcome = attempt(plans[k], x, k + 1 < plans.size());
      if (outcome.residual < best_residual_ || solved(outcome.stop)) {
        best_residual_ = outcome.residual;
        result_.distribution = rearranged(*inflow_, x);
      }
      result_.converged = solved(outcome.stop);
      result_.eliminated = result_.converged && plans[k].method->method == Method::gth && outcome.iterations == 1;
      if (!gave_up(outcome.stop)) break;
    }
    keep_matrix();
    result_.solve_seconds = watch.seconds() - (result_.setup_seconds - setup_before);
    return std::move(result_);
  }

 private:
  // f(), whose seconds belong to the set-up.
  template <class Function>
  auto in_setup(Function f) {
    const Stopwatch watch;
    auto result = f();
    result_.setup_seconds += watch.seconds();
    return result;
  }

  void keep_matrix() {
    if constexpr (std::is_same_v<Vector, HostVector>) {
      if (!options_.keep_matrix || !inflow_ || made_for_.empty()) return;
      const Attempt& last = result_.tried.back();
      KeptMatrix kept{std::move(inflow_), made_for_, known_.at(made_for_[0])->levels(), last.config.method,
                      last.outcome.iterations};
      result_.kept = std::make_shared<const KeptMatrix>(std::move(kept));
    }
  }

  // Only now: what shows the better direction of sweeps in a few of them is the start from equal probabilities.
  void begin_from_guess() {
    if (from_.iterate.empty()) return;
    result_.distribution = from_.iterate;
    best_residual_ = INFINITY;
  }

  // The plan to go on with, where there is one; those before it have failed.
  std::size_t first_of(const std::vector<Plan>& plans) const {
    const auto is = [&](const Plan& plan) { return config_of(plan) == from_.config; };
    const auto found = std::find_if(plans.begin(), plans.end(), is);
    return found == plans.end() ? 0 : static_cast<std::size_t>(found - plans.begin());
  }

  static MethodConfig config_of(const Plan& plan) {
    MethodConfig config{plan.method->method};
    if (plan.preconditioner) config.preconditioner = plan.preconditioner->preconditioner;
    if (plan.method->sweeps) config.direction = direction_of(plan.directions);
    return config;
  }

  Preconditioner wanted_preconditioner() const {
    if (options_.preconditioner != Preconditioner::automatic) return options_.preconditioner;
    return options_.direction == SweepDirection::symmetric ? Preconditioner::symmetric_gauss_seidel
                                                           : Preconditioner::gauss_seidel;
  }

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
    const bool decomposable = in_setup([&] { return look_at_chain(); });
    if (!decomposable) plans.push_back(make_plan(Method::bicgstab, wanted));
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

  // Whether the chain is one of weakly coupled blocks; and the level orders that are about to be asked for: each is the
  // work of one thread, so all are done at once.
  bool look_at_chain() {
    Directions wanted = directions_to_compare();
    std::erase_if(wanted, [&](Direction direction) { return known_.contains(direction); });
    const bool known = chain_.hints && chain_.hints->indecomposable;
    bool decomposable = false;
    LevelOrders found(wanted.size());
    in_parallel(1 + wanted.size(), [&](std::size_t task) {
      if (task > 0)
        found[task - 1] = std::make_shared<const LevelOrder>(level_order(chain_.inflow, wanted[task - 1]));
      else if (!known)
        decomposable = is_decomposable(chain_.inflow, chain_.exit_rate, weak_share, chain_.begin);
    });
    for (auto& order : found) known_[order->direction] = std::move(order);
    return decomposable;
  }

  // Those that the options leave open.
  Directions directions_to_compare() const {
    if (options_.direction == SweepDirection::forward) return {Direction::forward};
    if (options_.direction == SweepDirection::backward) return {Direction::backward};
    return {std::begin(both_directions), std::end(both_directions)};
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
    plan.elimination.entries = std::min(plan.elimination.entries, entries_within_limit());
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
    if (options_.direction != SweepDirection::automatic) return directions_to_compare();
    if (!better_) better_ = better_direction();
    return {*better_};
  }

  // The start of the first method is what a trial has found, if there was one.
  Direction better_direction() {
    return in_setup([&] {
      const LevelOrders both = orders({std::begin(both_directions), std::end(both_directions)});
      ChosenDirection chosen = choose_direction(chain_, both[0]->levels(), both[1]->levels(), result_.distribution,
                                                [&] { return monitor_.out_of_budget(0); });
      result_.passes += chosen.passes;
      if (!chosen.distribution.empty() && std::isfinite(chosen.residual)) {
        result_.distribution = std::move(chosen.distribution);
        best_residual_ = chosen.residual / monitor_.unit();
      }
      return chosen.direction;
    });
  }

  // Found once, however many operators are made.
  LevelOrders orders(const Directions& directions) {
    Directions missing;
    for (const Direction direction : directions)
      if (!known_.contains(direction)) missing.push_back(direction);
    for (auto& order : level_orders(chain_.inflow, missing)) known_[order->direction] = std::move(order);
    LevelOrders wanted;
    for (const Direction direction : directions) wanted.push_back(known_.at(direction));
    return wanted;
  }

  // Makes the operator that the plan needs, unless it is there; what does not sweep takes any.
  void use(const Plan& plan) {
    if (inflow_ && (made_for_ == plan.directions || plan.directions.empty()))
      return require_within_limit(bytes_for(kernels_.front(), plan));
    const Stopwatch watch;
    inflow_.reset();
    inflow_ = first_that_fits(kernels_, [&](const FittingKernel<Vector>& fitting) {
      require_within_limit(bytes_for(fitting, plan));
      device_.require_room(bytes_for(fitting, plan));
      return fitting.kernel->make(chain_.inflow, chain_.exit_rate, orders(plan.directions));
    });
    result_.storage = kernels_.front().kernel->storage;
    result_.kernel = kernels_.front().kernel->kernel;
    made_for_ = plan.directions;
    result_.setup_seconds += watch.seconds();
  }

  static constexpr double gib = 1 << 30;

  double chain_bytes() const {
    return 12.0 * static_cast<double>(chain_.inflow.entries()) +
           static_cast<double>((sizeof(std::uint64_t) + sizeof(double)) * chain_.inflow.rows());
  }

  // What an elimination may keep in what memory the chain leaves.
  std::uint64_t entries_within_limit() const {
    if (options_.memory_limit <= 0) return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(
        std::max(0.0, 0.7 * (options_.memory_limit * gib - chain_bytes()) / sizeof(double)));
  }

  void require_within_limit(std::uint64_t bytes) const {
    const double needed = (chain_bytes() + static_cast<double>(bytes)) / gib;
    if (options_.memory_limit > 0 && needed > options_.memory_limit)
      throw Error(fmt::format("about {:.3g} GiB of memory are needed, more than --memory-limit {:.3g}", needed,
                              options_.memory_limit),
                  Error::Cause::machine);
  }

  // What the operator and the method's vectors take, about.
  std::uint64_t bytes_for(const FittingKernel<Vector>& fitting, const Plan& plan) const {
    const std::uint64_t orders = std::max<std::size_t>(plan.directions.size(), 1);
    const std::uint64_t work_space = orders > 1 ? 4 : 2;
    const std::uint64_t vectors = 1 + plan.method->vectors(options_.restart) + orders + work_space;  // x; exit rates
    const MethodConfig config = config_of(plan);
    const bool multilevel = config.method == Method::multilevel || config.preconditioner == Preconditioner::multilevel;
    const std::uint64_t bytes_a_transition = multilevel ? 24 : config.preconditioner == Preconditioner::ilu0 ? 36 : 0;
    return orders * fitting.bytes + vectors * sizeof(double) * chain_.inflow.rows() +
           bytes_a_transition * chain_.inflow.entries();
  }

  Outcome attempt(const Plan& plan, Vector& x, bool another_waits) {
    // Krylov methods show soon whether they take to a chain; sweeps converge slowly but surely.
    const std::size_t patience = plan.preconditioner ? 100 : 1000;  // passes
    const Stopwatch watch;
    const auto& entry = plan.preconditioner ? *plan.preconditioner : preconditioners<Vector>[0];
    const auto make_like = [&](const Csr& matrix, const std::vector<double>& diagonal) {
      return csr_kernel(device_.kernels).make(matrix, diagonal, orders(plan.directions));
    };
    const InSingle single = in_single_precision(plan, entry);
    const std::size_t before = plan.preconditioner ? sweep_first(plan, x) : 0;
    const auto preconditioner = entry.make({chain_, *inflow_, plan.directions, x, make_like});
    const Problem<Vector> problem{chain_,
                                  *inflow_,
                                  *preconditioner,
                                  plan.directions,
                                  options_.relaxation,
                                  options_.restart,
                                  another_waits,
                                  plan.elimination,
                                  single.preconditioner.get()};
    const MethodConfig config = config_of(plan);
    monitor_.begin(config, another_waits ? std::optional(patience) : std::nullopt,
                   [&] { return rearranged(*inflow_, x); });
    Outcome outcome = plan.method->run(problem, x, monitor_);
    outcome.passes += before;
    if (plan.preconditioner) outcome = finish(outcome, plan, x);
    result_.passes += outcome.passes;
    result_.tried.push_back({config, outcome, watch.seconds(), 1, problem.single != nullptr});
    return outcome;
  }

  struct InSingle {
    std::unique_ptr<RateOperator<typename Vector::Single>> inflow;
    std::unique_ptr<PreconditionerOperator<typename Vector::Single>> preconditioner;  // null: doubles throughout
  };

  // What a method refines with, where it can and the options allow it.
  InSingle in_single_precision(const Plan& plan, const PreconditionerEntry<Vector>& entry) const {
    InSingle single;
    if (options_.precision == Precision::double_precision) return single;
    if (plan.method->refines && entry.make_single) single.inflow = inflow_->in_single_precision();
    if (single.inflow) {
      const typename Vector::Single unused;
      single.preconditioner = entry.make_single({chain_, *single.inflow, plan.directions, unused, {}});
    } else if (options_.precision == Precision::mixed && options_.method != Method::automatic) {
      throw Error(
          fmt::format("precision \"mixed\" is for bicgstab, preconditioned by sweeps, with storage mask on the "
                      "CPU and rates from 1e-25 to 1e25; here it is {} with {} on {}",
                      name(plan.method->method), inflow_->storage(), name(device_.device)));
    }
    return single;
  }

  // A few sweeps take out of the start what a Krylov method would spend more passes on. Returns how many there were.
  std::size_t sweep_first(const Plan& plan, Vector& x) {
    constexpr std::size_t sweeps = 5;
    for (std::size_t k = 0; k < sweeps; ++k) {
      if (monitor_.out_of_budget(0)) return k;
      inflow_->gauss_seidel_sweep(plan.directions[k % plan.directions.size()], 1.0, x);
    }
    return sweeps;
  }

  // A Krylov method may leave small negative entries and no relative accuracy in small probabilities. Gauss-Seidel
  // sweeps only add positive numbers: they mend the first at once and the second little by little, as far as the
  // tolerance asks for. The residual is measured anew.
  Outcome finish(Outcome outcome, const Plan& plan, Vector& x) {
    if (!std::isfinite(outcome.residual)) return outcome;
    constexpr int most_rounds = 50;
    Vector r(x.size());
    raise_negatives(x);
    Outcome measured = outcome;
    for (int round = 0; round < most_rounds; ++round) {
      for (int sweep = 0; sweep < 2; ++sweep)
        for (const Direction direction : plan.directions) {
          inflow_->gauss_seidel_sweep(direction, 1.0, x);
          ++outcome.passes;
        }
      normalise(x);
      measured = monitor_.verdict(outcome.iterations, ++outcome.passes, inflow_->residual(x, r));
      if (!solved(outcome.stop) || measured.stop == Stop::converged) break;
    }
    if (measured.stop == Stop::rounding && outcome.stop != Stop::rounding) measured.stop = Stop::stagnated;
    if (!solved(outcome.stop) && measured.stop != Stop::converged) measured.stop = outcome.stop;
    return measured;
  }

  const DeviceKernels<Vector>& device_;
  const IrreducibleChain& chain_;
  const Options& options_;
  std::vector<FittingKernel<Vector>> kernels_;  // the first is used; one that does not fit in level order is dropped
  const InitialGuess& from_;
  Monitor monitor_;
  std::unique_ptr<RateOperator<Vector>> inflow_;
  Directions made_for_;
  std::optional<Direction> better_;  // once it is known
  std::map<Direction, std::shared_ptr<const LevelOrder>> known_;
  Stationary result_;
  double best_residual_ = INFINITY;  // of result_.distribution
};

}  // namespace steady::detail
