#include "solver/aggregate_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "formats/base/larger.hpp"
#include "formats/base/parallel.hpp"
#include "solver/methods/gth.hpp"
#include "solver/multilevel/hierarchy.hpp"
#include "solver/structure/sweep.hpp"

namespace steady::detail {
namespace {

// Sum over sets of states of what each has too much or too little: it is left at the rate out / mass, and all others
// together at the rate in / rest. Sets without flows count for nothing.
double misplaced(std::span<const double> mass, std::span<const double> in, std::span<const double> out) {
  const std::size_t largest = static_cast<std::size_t>(std::max_element(mass.begin(), mass.end()) - mass.begin());
  double beside_largest = 0;  // 1 less the largest would be nothing but rounding where that has nearly all
  for (std::size_t a = 0; a < mass.size(); ++a) beside_largest += a == largest ? 0 : mass[a];
  double error = 0;
  for (std::size_t a = 0; a < mass.size(); ++a) {
    const double rest = a == largest ? beside_largest : 1 - mass[a];
    if (in[a] + out[a] > 0) error += std::abs(in[a] - out[a]) / (out[a] / mass[a] + in[a] / rest);
  }
  return error;
}

// What is moved between sets of states whose probabilities are multiplied by factors, and then scaled to sum to 1.
double moved(std::span<const double> mass, std::span<const double> factor) {
  double before = 0, after = 0, difference = 0;
  for (std::size_t a = 0; a < mass.size(); ++a) {
    before += mass[a];
    after += mass[a] * factor[a];
  }
  for (std::size_t a = 0; a < mass.size(); ++a) difference += std::abs(mass[a] / before - mass[a] * factor[a] / after);
  return difference / 2;
}

class DisjointSets {
 public:
  explicit DisjointSets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), State{0}); }

  State root(State i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void unite(State i, State j) { parent_[root(i)] = root(j); }

  // The root of every state, until the next unite(). Returns how many sets there are.
  std::size_t settle() {
    std::size_t sets = 0;
    for (State i = 0; i < parent_.size(); ++i) {
      parent_[i] = root(i);
      sets += parent_[i] == i;
    }
    return sets;
  }
  const std::vector<State>& settled() const { return parent_; }

 private:
  std::vector<State> parent_;
};

// Whether the states with at least this probability are connected by transitions among themselves.
bool connected(const Csr& inflow, const HostVector& x, double least) {
  DisjointSets sets(x.size());
  State likely = 0;
  for (State i = 0; i < x.size(); ++i) {
    if (x[i] > x[likely]) likely = i;
    for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + std::size_t{1}]; ++k)
      if (x[i] >= least && x[inflow.column[k]] >= least) sets.unite(i, inflow.column[k]);
  }
  for (State i = 0; i < x.size(); ++i)
    if (x[i] >= least && sets.root(i) != sets.root(likely)) return false;
  return true;
}

// The estimate by levels of flow: sets of states that are connected by transitions with at least so much flow, for ever
// smaller flows. Two wells grow up from their bottoms until less flows between them than within either; there, each is
// compared with all others.
class FlowLevels {
 public:
  FlowLevels(const Csr& inflow, const HostVector& x)
      : inflow_(inflow), x_(x), sets_(x.size()), mass_(x.size()), in_(x.size()), out_(x.size()) {}

  double estimate(const std::function<bool()>& stop) {
    constexpr int most_levels = 64, least_step = 2;  // powers of 2 between levels
    constexpr std::size_t fewer = 4;                 // sets, before they are solved again
    std::size_t few = 8000;
    const auto [least, most] = extremes();
    int exponent = std::ilogb(most);
    const int last = std::ilogb(std::max(least, std::numeric_limits<double>::min()));
    const int step = std::max(least_step, (exponent - last) / most_levels + 1);
    double error = misplaced(std::ldexp(1.0, exponent - step));
    while (exponent >= last && between_ > 0) {
      if (stop()) return INFINITY;
      const std::size_t sets = unite();
      exponent -= step;
      error = larger(error, misplaced(std::ldexp(1.0, exponent - step)));
      if (sets > few || sets == 1) continue;
      error = larger(error, moved());
      few = sets / fewer;
    }
    return error;
  }

 private:
  struct Flow {
    State from, to;
    double flow;
  };

  // All flows between sets, at least: from the matrix, and where few are left from a list of these.
  template <class Use>
  void for_each_flow(Use use) const {
    if (listed_) {
      for (const Flow& f : flows_) use(f);
      return;
    }
    for (State i = 0; i < x_.size(); ++i)
      for (std::uint64_t k = inflow_.row_start[i]; k < inflow_.row_start[i + std::size_t{1}]; ++k)
        use(Flow{inflow_.column[k], i, x_[inflow_.column[k]] * inflow_.value[k]});
  }

  // The least flow and the most.
  std::pair<double, double> extremes() const {
    double least = INFINITY, most = 0;
    for_each_flow([&](const Flow& f) {
      least = std::min(least, f.flow);
      most = std::max(most, f.flow);
    });
    return {least, most};
  }

  // Returns how many sets are left.
  std::size_t unite() {
    for (const auto& [from, to] : next_) sets_.unite(from, to);
    return sets_.settle();
  }

  // `least`: of the flows that unite sets next.
  double misplaced(double least) {
    in_parallel(2, [&](std::size_t task) { task == 0 ? look_at_outflows(least) : add_up_inflows(); });
    list_flows();
    return detail::misplaced(mass_, in_, out_);
  }

  void look_at_outflows(double least) {
    const std::vector<State>& of = sets_.settled();
    std::fill(mass_.begin(), mass_.end(), 0.0);
    std::fill(out_.begin(), out_.end(), 0.0);
    for (State i = 0; i < x_.size(); ++i) mass_[of[i]] += x_[i];
    between_ = 0;
    next_.clear();
    for_each_flow([&](const Flow& f) {
      if (of[f.from] == of[f.to]) return;
      out_[of[f.from]] += f.flow;
      ++between_;
      if (f.flow >= least) next_.emplace_back(f.from, f.to);
    });
  }

  void add_up_inflows() {
    const std::vector<State>& of = sets_.settled();
    std::fill(in_.begin(), in_.end(), 0.0);
    for_each_flow([&](const Flow& f) {
      if (of[f.from] != of[f.to]) in_[of[f.to]] += f.flow;
    });
  }

  // Flows within a set are dropped from the list.
  void list_flows() {
    constexpr std::uint64_t few = 2;  // one in so many
    const std::vector<State>& of = sets_.settled();
    if (listed_) {
      std::erase_if(flows_, [&](const Flow& f) { return of[f.from] == of[f.to]; });
    } else if (between_ <= inflow_.entries() / few) {
      flows_.reserve(between_);
      for_each_flow([&](const Flow& f) {
        if (of[f.from] != of[f.to]) flows_.push_back(f);
      });
      listed_ = true;
    }
  }

  // What the exact solution of the chain that moves between the sets makes of them: on the way between two wells
  // neighbours may be balanced, one after the other, that are wrong by more and more. Nothing where it is not easily
  // eliminated.
  double moved() {
    constexpr double most = 3e8, least = 1e7, each = 50;  // multiplications, and for each transition of the chain
    EliminationLimits limits;
    limits.multiplications = std::clamp(each * static_cast<double>(inflow_.entries()), least, most);
    const std::vector<State>& of = sets_.settled();
    std::vector<State> number(x_.size());
    State sets = 0;
    for (State i = 0; i < x_.size(); ++i)
      if (of[i] == i) number[i] = sets++;
    std::vector<Triplet> rates;
    std::vector<double> mass(sets, 0.0), exit(sets, 0.0);
    for (State i = 0; i < x_.size(); ++i) mass[number[of[i]]] += x_[i];
    for_each_flow([&](const Flow& f) {
      const State from = number[of[f.from]], to = number[of[f.to]];
      if (from == to) return;
      rates.push_back({to, from, f.flow});
      exit[from] += f.flow;
    });
    const Csr inflow = to_csr(sets, std::move(rates), Checked::yes);
    const auto factor = eliminate({inflow, exit}, limits, [] { return false; });
    return factor ? detail::moved(mass, *factor) : 0;
  }

  const Csr& inflow_;
  const HostVector& x_;
  DisjointSets sets_;
  std::vector<double> mass_, in_, out_;        // of each set, at its root; flows between sets
  std::uint64_t between_ = 0;                  // how many these flows are
  std::vector<std::pair<State, State>> next_;  // from and to, of those that unite sets next
  bool listed_ = false;
  std::vector<Flow> flows_;  // where they are listed
};

// The estimate by aggregates of four, of four of these, and so on.
double estimate_by_aggregates(const IrreducibleChain& chain, const HostVector& x, const std::function<bool()>& stop) {
  constexpr std::size_t few = 1000;  // states
  const Rates finest{chain.inflow.row_start, chain.inflow.column, chain.inflow.value, chain.exit_rate};
  std::optional<Aggregates> aggregates = aggregate(finest, {x.data(), x.size()});
  AggregatedFlows flows(finest, *aggregates, x);
  AggregatedFlows smoothed = flows;  // whose flows choose the next aggregates, as in a cycle
  HostVector mass = x, factor;       // of each state, and of each aggregate made of them
  double error = 0;
  for (;;) {
    if (stop()) return INFINITY;
    HostVector of_aggregates(flows.size());
    restrict_sum(members_of(*aggregates), mass, of_aggregates);
    mass = std::move(of_aggregates);
    if (mass.size() == 1) return error;
    HostVector in(flows.exit);
    find_residual(flows.flows(), flows.exit, HostVector(flows.size(), 1.0), in);  // net inflow + outflow
    error += misplaced({mass.data(), mass.size()}, {in.data(), in.size()}, {flows.exit.data(), mass.size()});
    aggregates = coarser_aggregates(smoothed.flows(), factor);
    if (!aggregates) break;
    flows = AggregatedFlows(rates_of(flows.flows()), *aggregates, HostVector(flows.size(), 1.0));
    smoothed = AggregatedFlows(rates_of(smoothed.flows()), *aggregates, factor);
  }
  if (mass.size() > few) return INFINITY;
  return error + moved({mass.data(), mass.size()}, eliminate(flows.flows()).stationary());
}

}  // namespace

double aggregate_error(const IrreducibleChain& chain, const std::vector<double>& x, const std::function<bool()>& stop) {
  constexpr int sweeps = 4;
  constexpr double smallest = 1e-200;  // of an entry that flows are computed from
  HostVector swept(x);
  // Entries that are too small, or 0, would close the way that leads through them.
  for (int k = 0; k < sweeps; ++k)
    for (const Direction direction : both_directions) {
      if (stop()) return INFINITY;
      sweep(chain, direction, swept);
    }
  scale(1 / sum(swept), swept);
  if (!connected(chain.inflow, swept, 1e50 * smallest)) return INFINITY;
  raise_to(smallest, swept);
  const double error = estimate_by_aggregates(chain, swept, stop);
  return stop() ? INFINITY : larger(error, FlowLevels(chain.inflow, swept).estimate(stop));
}

}  // namespace steady::detail
