#include "solver/aggregate_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "formats/base/larger.hpp"
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

  Aggregates numbered() {
    Aggregates sets{std::vector<State>(parent_.size()), 0};
    std::vector<State> number(parent_.size());
    for (State i = 0; i < parent_.size(); ++i)
      if (root(i) == i) number[i] = sets.count++;
    for (State i = 0; i < parent_.size(); ++i) sets.of[i] = number[root(i)];
    return sets;
  }

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
  FlowLevels(const Csr& inflow, const HostVector& x) : x_(x), sets_(x.size()) {
    flows_.reserve(inflow.entries());
    for (State i = 0; i < x.size(); ++i)
      for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + std::size_t{1}]; ++k)
        flows_.push_back({inflow.column[k], i, x[inflow.column[k]] * inflow.value[k]});
  }

  double estimate(const std::function<bool()>& stop) {
    constexpr int most_levels = 64, least_step = 2;  // powers of 2 between levels
    constexpr std::size_t fewer = 4;                 // sets, before they are solved again
    std::size_t few = 8000;
    const auto [least, most] =
        std::minmax_element(flows_.begin(), flows_.end(), [](const Flow& a, const Flow& b) { return a.flow < b.flow; });
    int exponent = std::ilogb(most->flow);
    const int last = std::ilogb(std::max(least->flow, std::numeric_limits<double>::min()));
    const int step = std::max(least_step, (exponent - last) / most_levels + 1);
    double error = misplaced();
    for (; exponent >= last && !flows_.empty(); exponent -= step) {
      if (stop()) return INFINITY;
      const std::size_t sets = unite(std::ldexp(1.0, exponent - step));
      error = larger(error, misplaced());
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

  // Flows within a set are dropped. Returns how many sets are left.
  std::size_t unite(double least) {
    for (const Flow& f : flows_)
      if (f.flow >= least) sets_.unite(f.from, f.to);
    std::erase_if(flows_, [&](const Flow& f) { return sets_.root(f.from) == sets_.root(f.to); });
    std::size_t sets = 0;
    for (State i = 0; i < x_.size(); ++i) sets += sets_.root(i) == i;
    return sets;
  }

  // What the exact solution of the chain that moves between the sets makes of them: on the way between two wells
  // neighbours may be balanced, one after the other, that are wrong by more and more. Nothing where it is not easily
  // eliminated.
  double moved() {
    EliminationLimits limits;
    limits.multiplications = 3e8;
    const Aggregates sets = sets_.numbered();
    std::vector<Triplet> rates;
    std::vector<double> mass(sets.count, 0.0), exit(sets.count, 0.0);
    for (State i = 0; i < x_.size(); ++i) mass[sets.of[i]] += x_[i];
    for (const Flow& f : flows_) {
      rates.push_back({sets.of[f.to], sets.of[f.from], f.flow});
      exit[sets.of[f.from]] += f.flow;
    }
    const Csr inflow = to_csr(sets.count, std::move(rates), Checked::yes);
    const auto factor = eliminate({inflow, exit}, limits, [] { return false; });
    return factor ? detail::moved(mass, *factor) : 0;
  }

  double misplaced() {
    std::vector<double> mass(x_.size(), 0.0), in(x_.size(), 0.0), out(x_.size(), 0.0);
    for (State i = 0; i < x_.size(); ++i) mass[sets_.root(i)] += x_[i];
    for (const Flow& f : flows_) {
      out[sets_.root(f.from)] += f.flow;
      in[sets_.root(f.to)] += f.flow;
    }
    return detail::misplaced(mass, in, out);
  }

  const HostVector& x_;
  DisjointSets sets_;
  std::vector<Flow> flows_;
};

// The estimate by aggregates of four, of four of these, and so on.
double estimate_by_aggregates(const IrreducibleChain& chain, const HostVector& x, const std::function<bool()>& stop) {
  constexpr std::size_t few = 1000;  // states
  std::vector<AggregatedChain<HostVector>> chains = aggregated_chains(chain, {}, x);
  if (chains.back().size() > few) return INFINITY;
  HostVector mass = x;  // of each state, and of each aggregate made of them
  double error = 0;
  for (std::size_t l = 0; l < chains.size(); ++l) {
    if (stop()) return INFINITY;
    if (l == 0)
      chains[l].refresh(nullptr, x);
    else
      chains[l].refresh(&chains[l - 1], HostVector(chains[l - 1].size(), 1.0));
    HostVector of_aggregates(chains[l].size());
    restrict_sum(chains[l].members, mass, of_aggregates);
    mass = std::move(of_aggregates);
    if (mass.size() == 1) return error;
    HostVector in(chains[l].exit);
    find_residual(chains[l].flows(), chains[l].exit, HostVector(chains[l].size(), 1.0), in);  // net inflow + outflow
    error += misplaced({mass.data(), mass.size()}, {in.data(), in.size()}, {chains[l].exit.data(), mass.size()});
  }
  return error + moved({mass.data(), mass.size()}, eliminate(chains.back().flows()).stationary());
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
