#include "solver/elimination/elimination_plan.hpp"

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCore>
#include <algorithm>
#include <limits>
#include <numeric>

namespace steady::detail {
namespace {

constexpr State no_position = static_cast<State>(-1);

// Eigen takes a state without an entry on the diagonal for one that meets almost all others, and puts it last.
std::vector<State> minimum_degree_order(const Csr& inflow) {
  using Pattern = Eigen::SparseMatrix<float, Eigen::ColMajor, int>;  // only the pattern is read
  const auto n = static_cast<int>(inflow.rows());
  Pattern pattern(n, n);
  pattern.resizeNonZeros(n + static_cast<int>(inflow.entries()));
  int place = 0;
  for (int i = 0; i < n; ++i) {
    const State* const first = inflow.column.data() + inflow.row_start[i];
    const State* const last = inflow.column.data() + inflow.row_start[i + 1];
    const State* const after = std::upper_bound(first, last, static_cast<State>(i));
    int* const row = pattern.innerIndexPtr() + place;
    *std::copy(first, after, row) = i;
    std::copy(after, last, row + (after - first) + 1);
    place += static_cast<int>(last - first) + 1;
    pattern.outerIndexPtr()[i + 1] = place;
  }
  pattern.outerIndexPtr()[0] = 0;
  std::fill_n(pattern.valuePtr(), place, 1.0f);
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> order;
  Eigen::AMDOrdering<int>()(pattern, order);
  return {order.indices().data(), order.indices().data() + n};
}

std::vector<State> inverse(const std::vector<State>& order) {
  std::vector<State> position(order.size());
  for (std::size_t p = 0; p < order.size(); ++p) position[order[p]] = static_cast<State>(p);
  return position;
}

// The neighbours of each position, in either direction, on one side of it.
struct Neighbours {
  std::vector<std::uint64_t> start;
  std::vector<State> position;

  std::span<const State> operator[](std::size_t p) const {
    return {position.data() + start[p], position.data() + start[p + 1]};
  }
};

// `earlier`: those before each position, else those after it. An edge that goes both ways counts twice.
Neighbours neighbours(const Csr& inflow, const std::vector<State>& position, bool earlier) {
  Neighbours result;
  const auto for_edges = [&](auto f) {
    for (std::size_t i = 0; i < inflow.rows(); ++i)
      for (std::uint64_t k = inflow.row_start[i]; k < inflow.row_start[i + 1]; ++k) {
        const auto [low, high] = std::minmax(position[i], position[inflow.column[k]]);
        earlier ? f(high, low) : f(low, high);
      }
  };
  result.start.assign(inflow.rows() + 1, 0);
  for_edges([&](State p, State) { ++result.start[p + std::size_t{1}]; });
  std::partial_sum(result.start.begin(), result.start.end(), result.start.begin());
  result.position.resize(inflow.entries());
  std::vector<std::uint64_t> next(result.start.begin(), result.start.end() - 1);
  for_edges([&](State p, State q) { result.position[next[p]++] = q; });
  return result;
}

// The elimination tree (Liu 1986): the first later position that the elimination of each one meets, or none.
std::vector<State> elimination_tree(const Neighbours& earlier) {
  const std::size_t n = earlier.start.size() - 1;
  std::vector<State> parent(n, no_position), ancestor(n, no_position);
  for (std::size_t p = 0; p < n; ++p)
    for (State q : earlier[p])
      while (q != no_position && q != p) {
        const State next = ancestor[q];
        ancestor[q] = static_cast<State>(p);
        if (next == no_position) parent[q] = static_cast<State>(p);
        q = next;
      }
  return parent;
}

// The positions of a tree in postorder.
std::vector<State> postorder(const std::vector<State>& parent) {
  const std::size_t n = parent.size();
  std::vector<State> first_child(n, no_position), next_sibling(n, no_position), order, path;
  for (std::size_t p = n; p-- > 0;)
    if (parent[p] != no_position) {
      next_sibling[p] = first_child[parent[p]];
      first_child[parent[p]] = static_cast<State>(p);
    }
  order.reserve(n);
  for (std::size_t root = 0; root < n; ++root) {
    if (parent[root] != no_position) continue;
    path.push_back(static_cast<State>(root));
    while (!path.empty()) {
      State& child = first_child[path.back()];
      if (child != no_position) {
        path.push_back(child);
        child = next_sibling[child];
      } else {
        order.push_back(path.back());
        path.pop_back();
      }
    }
  }
  return order;
}

// How many later positions the elimination of each one meets. Empty where they are more than `most` in all.
std::vector<State> border_sizes(const Neighbours& earlier, const std::vector<State>& parent, std::uint64_t most,
                                const std::function<bool()>& stop) {
  const std::size_t n = parent.size();
  std::vector<State> size(n, 0), seen(n, no_position);
  std::uint64_t all = 0;
  for (std::size_t p = 0; p < n; ++p) {
    seen[p] = static_cast<State>(p);
    for (State q : earlier[p])
      for (; seen[q] != p; q = parent[q]) {
        seen[q] = static_cast<State>(p);
        ++size[q];
        ++all;
      }
    if (all > most || (p % 1024 == 0 && stop())) return {};
  }
  return size;
}

// A set of consecutive positions that are eliminated together.
struct FrontRange {
  std::uint64_t begin, end;
  std::uint64_t border;
  std::uint64_t zeros;  // entries of the factors that merging has added

  std::uint64_t size() const { return end - begin + border; }
  std::uint64_t entries() const { return (end - begin) * size(); }
};

// Fronts of as many positions as belong together, and a little more.
std::vector<FrontRange> choose_fronts(const std::vector<State>& parent, const std::vector<State>& border_size) {
  const auto worth_merging = [](const FrontRange& merged) {
    const std::uint64_t states = merged.end - merged.begin;
    const double zeros = static_cast<double>(merged.zeros) / static_cast<double>(merged.entries());
    return states <= 4 || zeros < (states <= 16 ? 0.4 : states <= 48 ? 0.1 : 0.05);
  };
  std::vector<FrontRange> fronts;
  for (std::size_t p = 0; p < parent.size(); ++p) {
    FrontRange front{p, p + 1, border_size[p], 0};
    // What stands just before in a postorder is the last child, whose border lies within this front.
    while (!fronts.empty() && parent[fronts.back().end - 1] == front.begin) {
      const FrontRange& child = fronts.back();
      FrontRange merged{child.begin, front.end, front.border, child.zeros + front.zeros};
      merged.zeros += (child.end - child.begin) * (front.size() - child.border);
      if (!worth_merging(merged)) break;
      front = merged;
      fronts.pop_back();
    }
    fronts.push_back(front);
  }
  return fronts;
}

// Fills in the fronts' borders: what the positions meet themselves and what their children's borders leave.
void find_borders(const Neighbours& later, EliminationPlan& plan) {
  const std::size_t count = plan.fronts();
  std::vector<State> front_of(plan.order.size()), seen(plan.order.size(), no_position);
  for (std::size_t f = 0; f < count; ++f)
    std::fill(front_of.begin() + plan.begin[f], front_of.begin() + plan.begin[f + 1], static_cast<State>(f));
  std::vector<State> first_child(count, no_position), next_sibling(count, no_position);
  plan.parent.assign(count, static_cast<State>(count));
  plan.border_start.assign(1, 0);
  for (std::size_t f = 0; f < count; ++f) {
    const State end = plan.begin[f + 1];
    const auto meet = [&](State q) {
      if (q < end || seen[q] == f) return;
      seen[q] = static_cast<State>(f);
      plan.border_position.push_back(q);
    };
    for (State p = plan.begin[f]; p < end; ++p)
      for (const State q : later[p]) meet(q);
    for (State child = first_child[f]; child != no_position; child = next_sibling[child])
      for (std::uint64_t k = plan.border_start[child]; k < plan.border_start[child + std::size_t{1}]; ++k)
        meet(plan.border_position[k]);
    plan.border_start.push_back(plan.border_position.size());
    if (plan.border(f).empty()) continue;
    std::sort(plan.border_position.end() - static_cast<std::ptrdiff_t>(plan.border(f).size()),
              plan.border_position.end());
    const State parent = plan.parent[f] = front_of[plan.border(f).front()];
    next_sibling[f] = first_child[parent];
    first_child[parent] = static_cast<State>(f);
  }
}

void count_work(EliminationPlan& plan) {
  std::vector<std::uint64_t> waiting_for(plan.fronts() + 1, 0);
  std::uint64_t waiting = 0;
  for (std::size_t f = 0; f < plan.fronts(); ++f) {
    const std::uint64_t states = plan.begin[f + 1] - plan.begin[f], border = plan.border(f).size();
    const std::uint64_t size = states + border;
    plan.factor_entries += states * size;
    for (std::uint64_t rest = size; rest-- > border;)
      plan.multiplications += static_cast<double>(rest) * static_cast<double>(rest);
    plan.work_entries = std::max(plan.work_entries, waiting + size * size + border * border);
    waiting += border * border - waiting_for[f];
    waiting_for[plan.parent[f]] += border * border;
  }
}

}  // namespace

std::optional<EliminationPlan> plan_elimination(const IrreducibleChain& chain, const EliminationLimits& limits,
                                                const std::function<bool()>& stop, std::optional<State> last) {
  const Csr& inflow = chain.inflow;
  if (inflow.entries() > static_cast<std::uint64_t>(std::numeric_limits<int>::max()) / 4) return std::nullopt;
  EliminationPlan plan;
  plan.order = minimum_degree_order(inflow);
  if (last) {
    const auto place = std::find(plan.order.begin(), plan.order.end(), *last);
    std::rotate(place, place + 1, plan.order.end());
  }
  if (stop()) return std::nullopt;

  const std::vector<State> sorted = postorder(elimination_tree(neighbours(inflow, inverse(plan.order), true)));
  std::vector<State> order(sorted.size());
  for (std::size_t p = 0; p < sorted.size(); ++p) order[p] = plan.order[sorted[p]];
  plan.order = std::move(order);
  plan.position = inverse(plan.order);

  const Neighbours earlier = neighbours(inflow, plan.position, true);
  const std::vector<State> parent = elimination_tree(earlier);
  const std::vector<State> sizes = border_sizes(earlier, parent, limits.entries, stop);
  if (sizes.empty()) return std::nullopt;
  for (const FrontRange& front : choose_fronts(parent, sizes)) plan.begin.push_back(static_cast<State>(front.begin));
  plan.begin.push_back(static_cast<State>(plan.order.size()));
  find_borders(neighbours(inflow, plan.position, false), plan);
  count_work(plan);
  if (plan.multiplications > limits.multiplications || plan.factor_entries + plan.work_entries > limits.entries)
    return std::nullopt;
  return plan;
}

}  // namespace steady::detail
