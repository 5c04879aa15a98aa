// The aggregated chains of a chain, ever coarser, for multilevel methods: made on the host, worked with on the device.
//
// Two uses. correct() is the coarse part of a cycle of multiplicative aggregation and disaggregation (Horton and
// Leutenegger 1994): every aggregate gets the weight that the aggregated chain's own solution gives it, recursively
// down to elimination. It is right also where the chain is nearly decomposable, and only adds and multiplies positive
// numbers. add_correction() is the coarse part of an additive V-cycle for d (D - R) = b, of a preconditioner.
//
// Aggregated chains are smoothed by damped Jacobi steps, which took no more cycles than exact sweeps and need no order.
// Where a level is visited twice, what the two visits leave is combined (De Sterck, Miller, Sanders and Winlaw 2010,
// recursively accelerated multilevel aggregation). On a GPU the chains of few states are the host's: there a launch
// would cost more than the work.
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "formats/vectors/cuda_lists.hpp"
#include "formats/vectors/number.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/multilevel/aggregation.hpp"
#include "solver/multilevel/recombination.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

constexpr double jacobi_damping = 0.8;

// Two steps for d (D - R) = b; b: null for 0.
template <class Vector>
void smooth(const Flows<Vector>& flows, const Vector* b, Vector& d, Vector& work) {
  jacobi_step(flows, jacobi_damping, b, d, work);
  jacobi_step(flows, jacobi_damping, b, work, d);
}

// The aggregates for the chain after this one; none where it is the coarsest. `factor`: of each state's weight, two
// steps towards the chain's solution; they choose the aggregates.
std::optional<Aggregates> coarser_aggregates(const Flows<HostVector>& flows, HostVector& factor);

// The aggregated chains, from the finest on, with aggregates chosen by the flows that x tells of. `order`: the state at
// each position of x, empty for each at its own number.
std::vector<AggregatedChain<HostVector>> aggregated_chains(const IrreducibleChain& chain, std::span<const State> order,
                                                           HostVector x);

Elimination eliminate(const Flows<HostVector>& flows);

template <class Vector>
class Hierarchy {
  static constexpr bool on_host = std::is_same_v<Vector, HostVector>;

 public:
  static constexpr std::size_t fewest_states = on_host ? 0 : 4000;  // of a chain that is the device's

  Hierarchy(const IrreducibleChain& chain, std::span<const State> order, const Vector& x,
            std::size_t fewest = fewest_states)
      : Hierarchy(aggregated_chains(chain, order, HostVector(download(x))), fewest) {}

  explicit Hierarchy(std::vector<AggregatedChain<HostVector>>&& chains, std::size_t fewest = fewest_states) {
    std::size_t own = 1;
    while (own < chains.size() && (on_host || chains[own - 1].size() >= fewest)) ++own;
    for (std::size_t l = 0; l < own; ++l) {
      levels_.push_back(Level(on_device<Vector>(l + 1 < own || on_host ? std::move(chains[l]) : chains[l])));
      rates_ += levels_.back().chain.rate.size();
    }
    if constexpr (!on_host) {
      chains.erase(chains.begin(), chains.begin() + static_cast<std::ptrdiff_t>(own - 1));
      below_ = std::make_unique<Hierarchy<HostVector>>(std::move(chains));
      rates_ += below_->coarse_rates() - levels_.back().chain.rate.size();
    }
  }

  // x = x with the aggregates' weights corrected; returns how much of it was to be moved, as a share of all.
  double correct(Vector& x) {
    const Number<Vector> all = even_out(0, nullptr, x);
    Level& level = levels_[0];  // what is moved away from aggregates, moved to others
    fill(-1, level.work);
    axpy(1, level.d, level.work);
    multiply_entries(level.chain.weight, level.work);
    const double moved = 2 * raise_negatives(level.work) / value(all);
    spread(level, x);
    return moved;
  }

  // Of each coarse chain in one correction: 1, a V-cycle, unless told; 2, a W-cycle whose visits are combined, costs
  // more and corrects more.
  void visit_coarse_levels(int times) {
    visits_ = times;
    if constexpr (!on_host) below_->visit_coarse_levels(times);
  }

  // d = d + a coarse correction for what it leaves of b, with the weights that correct() was last given.
  void add_correction(const Vector& rest, Vector& d) { add_correction(0, rest, d); }

  std::size_t levels() const {
    if constexpr (on_host)
      return levels_.size();
    else
      return levels_.size() + below_->levels() - 1;
  }
  std::uint64_t coarse_rates() const { return rates_; }  // of all aggregated chains

 private:
  template <class Other>
  friend class Hierarchy;

  struct Level {
    explicit Level(AggregatedChain<Vector>&& aggregated)
        : chain(std::move(aggregated)),
          finer_x(chain.of.size()),
          b(chain.size()),
          d(chain.size()),
          rest(chain.size()),
          work(chain.size()) {}

    AggregatedChain<Vector> chain;
    Vector finer_x;           // that the chain was last refreshed with
    Vector b, d, rest, work;  // d: the chain's solution, in correct() the factors of its aggregates' weights
    Recombination<Vector> recombination;
  };

  // The chain of level l anew, and in its d the factors that x's aggregates' weights are to have, keeping their sum,
  // which is returned.
  Number<Vector> even_out(std::size_t l, const AggregatedChain<Vector>* finer, Vector& x) {
    constexpr double smallest = 1e-200;  // of a weight, whose inverse is needed
    Level& level = levels_[l];
    raise_to(smallest, x);
    copy(x, level.finer_x);
    level.chain.refresh(finer, x);
    solve_for_factors(l);
    const Number<Vector> before = sum(level.chain.weight);
    scale(before / dot(level.chain.weight, level.d), level.d);
    return before;
  }

  // Level l's d: the solution of its chain, about.
  void solve_for_factors(std::size_t l) {
    Level& level = levels_[l];
    if (l + 1 == levels_.size()) return solve_coarsest(level);
    fill(1, level.d);
    level.recombination.restart();
    for (int visit = 0; visit < visits_; ++visit) {
      improve(l);
      if (visits_ > 1) recombine(level);
    }
  }

  // Level l's d, nearer to the solution of its chain.
  void improve(std::size_t l) {
    Level& level = levels_[l];
    smooth<Vector>(level.chain.flows(), nullptr, level.d, level.work);
    even_out(l + 1, &level.chain, level.d);
    spread(levels_[l + 1], level.d);
    smooth<Vector>(level.chain.flows(), nullptr, level.d, level.work);
  }

  // In place of d the best combination of what the visits of this level have left, of the same total weight each.
  static void recombine(Level& level) {
    scale(sum(level.chain.weight) / dot(level.chain.weight, level.d), level.d);
    fill(0, level.b);
    find_residual(level.chain.flows(), level.b, level.d, level.rest);
    level.recombination.improve(level.d, level.rest);
  }

  static void spread(Level& level, Vector& x) {
    constexpr double overcorrection = 1.2;  // of a factor, which piecewise constant ones underrate
    to_the_power(overcorrection, level.d);
    multiply_spread(level.chain.of, level.d, x);
  }

  void solve_coarsest(Level& level) {
    if constexpr (on_host) {
      coarsest_.emplace(eliminate(level.chain.flows()));
      level.d = HostVector(coarsest_->stationary());
    } else {
      typename Hierarchy<HostVector>::Level& same = below_->levels_[0];
      same.chain.rate = HostVector(download(level.chain.rate));
      same.chain.exit = HostVector(download(level.chain.exit));
      same.chain.weight = HostVector(download(level.chain.weight));
      below_->solve_for_factors(0);
      upload(download(same.d), level.d);
    }
  }

  void add_correction(std::size_t l, const Vector& rest, Vector& d) {
    Level& level = levels_[l];
    restrict_sum(level.chain.members, rest, level.b);
    solve(l);
    prolong_add(level.chain.of, level.finer_x, level.d, d);
  }

  // Level l's d: an approximate solution of d (D - R) = b.
  void solve(std::size_t l) {
    Level& level = levels_[l];
    if (l + 1 < levels_.size()) {
      fill(0, level.d);
      smooth(level.chain.flows(), &level.b, level.d, level.work);
      find_residual(level.chain.flows(), level.b, level.d, level.rest);
      add_correction(l + 1, level.rest, level.d);
      smooth(level.chain.flows(), &level.b, level.d, level.work);
    } else if constexpr (on_host) {
      copy(level.b, level.d);
      coarsest_->solve(level.d.data());
    } else {
      typename Hierarchy<HostVector>::Level& same = below_->levels_[0];
      same.b = HostVector(download(level.b));
      below_->solve(0);
      upload(download(same.d), level.d);
    }
  }

  std::vector<Level> levels_;
  std::unique_ptr<Hierarchy<HostVector>> below_;  // of a GPU: from the same chain on that is the last here
  std::optional<Elimination> coarsest_;           // of the host
  std::uint64_t rates_ = 0;
  int visits_ = 1;
};

}  // namespace steady::detail
