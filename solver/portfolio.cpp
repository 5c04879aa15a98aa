#include "solver/portfolio.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "formats/error.hpp"
#include "formats/matrix/list.hpp"
#include "solver/methods/list.hpp"
#include "solver/preconditioners/gauss_seidel.hpp"
#include "solver/preconditioners/none.hpp"
#include "solver/structure.hpp"

namespace steady {
namespace {

using Vector = HostVector;
using Directions = std::vector<Direction>;

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::string_view name(const Directions& directions) {
  if (directions.size() > 1) return "symmetric";
  return directions.front() == Direction::forward ? "forward" : "backward";
}

void require_known(std::string_view option, const std::string& value, const std::vector<std::string_view>& known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  throw Error(fmt::format("{} \"{}\" is not built; there is: {}", option, value, fmt::join(known, ", ")));
}

const HostKernel& choose_kernel(const Irreducible& chain, const Options& options) {
  for (const HostKernel& kernel : host_kernels()) {
    if (options.storage != "auto" && options.storage != kernel.storage) continue;
    if (options.kernel != "auto" && options.kernel != kernel.kernel) continue;
    const Footprint footprint = kernel.footprint(chain.inflow);
    if (footprint.reason.empty()) return kernel;
    throw Error(fmt::format("storage {} does not fit this chain: {}", kernel.storage, footprint.reason));
  }
  throw Error(fmt::format("kernel {} does not multiply storage {}", options.kernel, options.storage));
}

// What is to be run, one after the other until one solves the chain.
struct Plan {
  const Method<Vector>* method;
  bool preconditioned;
  Directions directions;
};

class Portfolio {
 public:
  Portfolio(const Irreducible& chain, double unit, const Options& options, const Observer& observer)
      : chain_(chain),
        options_(options),
        monitor_({options.tolerance, options.max_iterations, options.time_limit}, unit, observer) {}

  Stationary run() {
    const Stopwatch setup;
    const HostKernel& kernel = choose_kernel(chain_, options_);
    inflow_ = kernel.make(chain_.inflow, chain_.exit_rate);
    result_.storage = kernel.storage;
    result_.kernel = kernel.kernel;
    result_.device = "cpu";
    x_ = Vector(inflow_->size(), 1.0 / static_cast<double>(inflow_->size()));
    const std::vector<Plan> plans = make_plans();
    result_.setup_seconds = setup.seconds();

    const Stopwatch solving;
    Vector best = x_;
    double best_residual = INFINITY;
    for (std::size_t k = 0; k < plans.size(); ++k) {
      const Outcome outcome = attempt(plans[k], k + 1 < plans.size());
      if (outcome.residual < best_residual) {
        best_residual = outcome.residual;
        std::swap(best, x_);
      }
      x_ = best;
      result_.converged = solved(outcome.stop);
      const bool waiting = outcome.stop == Stop::stagnated || outcome.stop == Stop::broke_down;
      if (!waiting) break;
    }
    result_.distribution = download(best);
    result_.solve_seconds = solving.seconds();
    return std::move(result_);
  }

 private:
  std::vector<Plan> make_plans() {
    if (options_.method == "auto") {
      if (inflow_->size() <= gth_auto_limit) return {plan("gth", {Direction::forward})};
      const Directions good = directions();
      const Directions other{good.front() == Direction::forward ? Direction::backward : Direction::forward};
      return {plan("gmres", good), plan("gauss-seidel", good), plan("gauss-seidel", other), plan("power", good)};
    }
    const bool sweeps = plan(options_.method, {}).method->sweeps;
    return {plan(options_.method, sweeps ? directions() : Directions{Direction::forward})};
  }

  Plan plan(std::string_view method, Directions directions) const {
    for (const Method<Vector>& m : methods<Vector>)
      if (m.name == method) return {&m, m.preconditioned && options_.preconditioner != "none", std::move(directions)};
    throw Error(fmt::format("method {} is not built", method));
  }

  Directions directions() {
    if (options_.direction == "forward") return {Direction::forward};
    if (options_.direction == "backward") return {Direction::backward};
    if (options_.direction == "symmetric") return {Direction::forward, Direction::backward};
    return {better_direction()};
  }

  // The direction with more dependency levels carries a change further in one sweep; a few sweeps in each may show
  // that it is wrong here. The better sweeps' result is the start of the first method.
  Direction better_direction() {
    constexpr int sweeps = 5;
    constexpr double clearly = 10;  // times smaller residual
    const Levels levels = count_levels(chain_.inflow);
    Vector forward = x_, backward = x_, r(x_.size());
    const auto residual_after = [&](Direction direction, Vector& x) {
      for (int k = 0; k < sweeps; ++k) inflow_->gauss_seidel_sweep(direction, 1.0, x);
      normalise(x);
      result_.passes += sweeps + 1;
      return inflow_->residual(x, r);
    };
    const double forward_residual = residual_after(Direction::forward, forward);
    const double backward_residual = residual_after(Direction::backward, backward);
    const bool take_forward = levels.forward > levels.backward   ? forward_residual <= clearly * backward_residual
                              : levels.forward < levels.backward ? clearly * forward_residual < backward_residual
                                                                 : forward_residual <= backward_residual;
    std::swap(x_, take_forward ? forward : backward);
    return take_forward ? Direction::forward : Direction::backward;
  }

  Outcome attempt(const Plan& plan, bool another_waits) {
    const Stopwatch watch;
    std::unique_ptr<Preconditioner<Vector>> preconditioner;
    if (plan.preconditioned)
      preconditioner = std::make_unique<GaussSeidelPreconditioner<Vector>>(*inflow_, plan.directions.front());
    else
      preconditioner = std::make_unique<NoPreconditioner<Vector>>();
    const Problem<Vector> problem{chain_,          *inflow_, *preconditioner, plan.directions, options_.relaxation,
                                  options_.restart};
    monitor_.begin(plan.method->name, another_waits);
    Outcome outcome = plan.method->run(problem, x_, monitor_);
    outcome = finish(outcome, plan);
    result_.passes += outcome.passes;
    result_.tried.push_back({std::string(plan.method->name),
                             plan.method->preconditioned ? (plan.preconditioned ? "gauss-seidel" : "none") : "",
                             plan.method->sweeps ? std::string(name(plan.directions)) : "", outcome, watch.seconds()});
    return outcome;
  }

  // A Krylov method may leave small negative entries, and no relative accuracy in small probabilities: a few
  // Gauss-Seidel sweeps, which only add positive numbers, restore both. The residual is measured anew.
  Outcome finish(Outcome outcome, const Plan& plan) {
    if (!plan.method->preconditioned || !std::isfinite(outcome.residual)) return outcome;
    constexpr int most_rounds = 10;
    Vector r(x_.size());
    raise_negatives(x_);
    Outcome measured = outcome;
    for (int round = 0; round < most_rounds; ++round) {
      for (int sweep = 0; sweep < 2; ++sweep)
        for (const Direction direction : plan.directions) {
          inflow_->gauss_seidel_sweep(direction, 1.0, x_);
          ++outcome.passes;
        }
      normalise(x_);
      measured = monitor_.verdict(outcome.iterations, ++outcome.passes, inflow_->residual(x_, r));
      if (!solved(outcome.stop) || measured.stop == Stop::converged) break;
    }
    if (!solved(outcome.stop)) measured.stop = outcome.stop;
    return measured;
  }

  const Irreducible& chain_;
  const Options& options_;
  Monitor monitor_;
  std::unique_ptr<Inflow<Vector>> inflow_;
  Vector x_;
  Stationary result_;
};

}  // namespace

void check_options(const Options& options) {
  std::vector<std::string_view> method_names{"auto"}, storages{"auto"}, kernels{"auto"};
  for (const Method<Vector>& method : methods<Vector>) method_names.push_back(method.name);
  for (const HostKernel& kernel : host_kernels()) {
    storages.push_back(kernel.storage);
    kernels.push_back(kernel.kernel);
  }
  require_known("method", options.method, method_names);
  require_known("preconditioner", options.preconditioner, {"auto", "none", "gauss-seidel"});
  require_known("direction", options.direction, {"auto", "forward", "backward", "symmetric"});
  require_known("storage", options.storage, storages);
  require_known("kernel", options.kernel, kernels);
  require_known("device", options.device, {"auto", "cpu"});
  const auto require = [](bool condition, std::string_view option, double value) {
    if (!condition) throw Error(fmt::format("{} {} is out of range", option, value));
  };
  require(options.tolerance > 0 && options.tolerance < 1, "tolerance", options.tolerance);
  require(options.restart >= 1 && options.restart <= 1000, "restart", static_cast<double>(options.restart));
  require(options.threads >= 0 && options.threads <= 4096, "threads", options.threads);
  require(options.time_limit >= 0, "time-limit", options.time_limit);
  const double relaxation = options.relaxation.value_or(1);
  require(relaxation > 0 && relaxation < 2, "relaxation", relaxation);
}

Stationary find_stationary(const Irreducible& chain, double unit, const Options& options, const Observer& observer) {
  return Portfolio(chain, unit, options, observer).run();
}

}  // namespace steady
