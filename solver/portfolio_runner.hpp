// The portfolio as one text for every device: runs the plans, and says when the next one takes over.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <type_traits>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/stopwatch.hpp"
#include "formats/matrix/arrangement.hpp"
#include "formats/matrix/list.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/known_orders.hpp"
#include "solver/plan.hpp"
#include "solver/plan_memory.hpp"
#include "solver/planner.hpp"
#include "solver/portfolio.hpp"
#include "solver/residual.hpp"
#include "solver/structure/sweep_direction.hpp"

namespace steady::detail {

// A device as the portfolio sees it.
template <class Vector>
struct DeviceKernels {
  Device device;
  std::span<const Kernel<Vector>> kernels;
  void (*require_room)(std::uint64_t bytes);  // throws NoRoom where the device has less
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
        orders_(chain),
        monitor_(
            {options.tolerance, options.max_iterations, options.time_limit,
             options.keep_matrix ? closer * options.tolerance : 0, options.rough},
            *std::max_element(chain.exit_rate.begin(), chain.exit_rate.end()), observer,
            [&chain](const std::vector<double>& x) { return imbalance(chain.inflow, chain.exit_rate, x).balance; }) {
    kernels_ = in_setup([&] { return choose_kernels(device.kernels, chain.inflow, options); });
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
  static constexpr double closer = 1e-3;  // than the tolerance: a proof of that need not correct the answer

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
      KeptMatrix kept{std::move(inflow_), made_for_, orders_.of(made_for_)[0]->levels(), last.config.method};
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

  std::vector<Plan> make_plans() {
    const auto look = [&] { return orders_.look_at_chain(directions_to_compare(options_)); };
    Planner<Vector> planner(chain_, options_, {[&] { return in_setup(look); }, [&] { return better_direction(); }});
    return planner.make_plans();
  }

  // The start of the first method is what a trial has found, if there was one.
  Direction better_direction() {
    return in_setup([&] {
      const LevelOrders both = orders_.of({std::begin(both_directions), std::end(both_directions)});
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

  // Makes the operator that the plan needs, unless it is there; what does not sweep takes any.
  void use(const Plan& plan) {
    if (inflow_ && (made_for_ == plan.directions || plan.directions.empty()))
      return require_within_limit(chain_, options_, bytes_for(kernels_.front(), plan, chain_, options_));
    const Stopwatch watch;
    inflow_.reset();
    inflow_ = first_that_fits(kernels_, [&](const FittingKernel<Vector>& fitting) {
      const std::uint64_t bytes = bytes_for(fitting, plan, chain_, options_);
      require_within_limit(chain_, options_, bytes);
      device_.require_room(bytes);
      return fitting.kernel->make(chain_.inflow, chain_.exit_rate, orders_.of(plan.directions));
    });
    result_.storage = kernels_.front().kernel->storage;
    result_.kernel = kernels_.front().kernel->kernel;
    made_for_ = plan.directions;
    result_.setup_seconds += watch.seconds();
  }

  Outcome attempt(const Plan& plan, Vector& x, bool another_waits) {
    // Krylov methods show soon whether they take to a chain; sweeps converge slowly but surely.
    const std::size_t patience = plan.preconditioner ? 100 : 1000;  // passes
    const Stopwatch watch;
    const auto& entry = plan.preconditioner ? *plan.preconditioner : preconditioners<Vector>[0];
    const auto make_like = [&](const Csr& matrix, const std::vector<double>& diagonal) {
      return csr_kernel(device_.kernels).make(matrix, diagonal, orders_.of(plan.directions));
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
  KnownOrders orders_;
  Monitor monitor_;
  std::unique_ptr<RateOperator<Vector>> inflow_;
  Directions made_for_;
  Stationary result_;
  double best_residual_ = INFINITY;  // of result_.distribution
};

}  // namespace steady::detail
