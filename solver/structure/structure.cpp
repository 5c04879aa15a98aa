#include "solver/structure/structure.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "formats/base/hash_table.hpp"
#include "formats/base/parallel.hpp"

namespace steady::detail {
namespace {

constexpr State unvisited = static_cast<State>(-1);

// Tarjan's algorithm on the graph of the inflow matrix (each state's successors are its sources), whose components
// are those of the chain. A component is complete only after all components that flow into it.
class Tarjan {
 public:
  explicit Tarjan(const Csr& inflow)
      : in_(inflow), index_(inflow.rows(), unvisited), low_(inflow.rows()), of_(inflow.rows(), unvisited) {}

  Components run() {
    for (std::size_t root = 0; root < in_.rows(); ++root)
      if (index_[root] == unvisited) visit(static_cast<State>(root));
    Components components;
    components.of = std::move(of_);
    components.count = count_;
    return components;
  }

 private:
  struct Frame {
    State state;
    std::uint64_t next;  // entry of the inflow matrix to look at next
  };

  void visit(State root) {
    enter(root);
    while (!path_.empty()) {
      Frame& top = path_.back();
      if (top.next == in_.row_start[top.state + std::size_t{1}]) {
        leave();
        continue;
      }
      const State source = in_.column[top.next++];
      if (index_[source] == unvisited)
        enter(source);
      else if (of_[source] == unvisited)
        low_[top.state] = std::min(low_[top.state], index_[source]);
    }
  }

  void enter(State state) {
    index_[state] = low_[state] = next_index_++;
    open_.push_back(state);
    path_.push_back({state, in_.row_start[state]});
  }

  void leave() {
    const State state = path_.back().state;
    path_.pop_back();
    if (!path_.empty()) low_[path_.back().state] = std::min(low_[path_.back().state], low_[state]);
    if (low_[state] != index_[state]) return;
    while (true) {
      const State member = open_.back();
      open_.pop_back();
      of_[member] = count_;
      if (member == state) break;
    }
    ++count_;
  }

  const Csr& in_;
  std::vector<State> index_;
  std::vector<State> low_;
  std::vector<State> of_;
  std::vector<State> open_;
  std::vector<Frame> path_;
  State next_index_ = 0;
  State count_ = 0;
};

// The states from which chosen transitions lead to a target. Most are found going through the matrix back and forth in
// its own order, several times faster than from a stack; a stack finds the rest, whatever the order.
template <class Chosen>
class Backwards {
 public:
  Backwards(const Csr& inflow, Chosen chosen) : inflow_(inflow), chosen_(chosen), mark_(inflow.rows(), unknown) {}

  bool found(std::size_t i) const { return mark_[i] != unknown; }
  void forget() { std::fill(mark_.begin(), mark_.end(), unknown); }

  // Finds those that have not been found yet; returns how many. `all`: many are expected.
  std::size_t search(State target, bool all) {
    constexpr int most_scans = 8;
    const std::size_t n = inflow_.rows();
    mark_[target] = waiting;
    count_ = waiting_ = 1;
    for (int scan = 0; all && waiting_ > 0 && scan < most_scans; ++scan)
      for (std::size_t step = 0; step < n && waiting_ > 0; ++step) {
        const std::size_t i = scan % 2 == 0 ? step : n - 1 - step;
        if (mark_[i] == waiting) expand(i, [](State) {});
      }
    if (waiting_ == 0) return count_;
    const auto push = [this](State state) { stack_.push_back(state); };
    if (!all) push(target);
    for (std::size_t i = 0; all && i < n; ++i)
      if (mark_[i] == waiting) push(static_cast<State>(i));
    while (!stack_.empty()) {
      const State i = stack_.back();
      stack_.pop_back();
      expand(i, push);
    }
    return count_;
  }

 private:
  enum Mark : char { unknown, waiting, expanded };

  template <class Visit>
  void expand(std::size_t i, Visit visit) {
    mark_[i] = expanded;
    --waiting_;
    for (std::uint64_t k = inflow_.row_start[i]; k < inflow_.row_start[i + 1]; ++k) {
      const State source = inflow_.column[k];
      if (mark_[source] != unknown || !chosen_(k)) continue;
      mark_[source] = waiting;
      ++waiting_, ++count_;
      visit(source);
    }
  }

  const Csr& inflow_;
  Chosen chosen_;
  std::vector<Mark> mark_;
  std::vector<State> stack_;
  std::size_t count_ = 0, waiting_ = 0;
};

// Whether one state reaches all others, as far as a few sweeps over the states tell, up and down in turn: false may be
// wrong.
bool reaches_all(const Csr& in, State root) {
  constexpr int most_sweeps = 12;
  std::vector<char> reached(in.rows(), 0);
  reached[root] = 1;
  std::vector<State> left(in.rows());
  std::iota(left.begin(), left.end(), State{0});
  for (int sweep = 0; sweep < most_sweeps && !left.empty(); ++sweep) {
    std::erase_if(left, [&](State i) {
      for (std::uint64_t k = in.row_start[i]; reached[i] == 0 && k < in.row_start[i + std::size_t{1}]; ++k)
        reached[i] = reached[in.column[k]];
      return reached[i] != 0;
    });
    std::reverse(left.begin(), left.end());
  }
  return left.empty();
}

// Whether a transition takes a good share of its state's exit rate.
auto is_strong(const Csr& inflow, const std::vector<double>& exit_rate, double share) {
  return [&, share](std::uint64_t k) { return inflow.value[k] >= share * exit_rate[inflow.column[k]]; };
}

// The commonest chain, one component, found in less time than Tarjan's algorithm takes; no component: there may be any
// number.
Components look_for_one_component(const Chain& chain) {
  if (chain.initial.empty()) return {};
  const Csr& in = chain.inflow;
  const State root = chain.initial.front().state;
  bool reaches = false, strongly_reached = false, reached = false;
  in_parallel(2, [&](std::size_t k) {
    if (k == 0) {
      reaches = reaches_all(in, root);
    } else {
      Backwards strong(in, is_strong(in, chain.exit_rate, weak_share));
      strongly_reached = strong.search(root, true) == in.rows();
      reached = strongly_reached || Backwards(in, [](std::uint64_t) { return true; }).search(root, true) == in.rows();
    }
  });
  if (!reaches || !reached) return {};
  return {std::vector<State>(in.rows(), 0), 1, {true}, {true}, strongly_reached};
}

// By their bits.
std::size_t count_values(const std::vector<double>& values) {
  constexpr std::uint64_t none = ~std::uint64_t{0};  // of no number that is a rate
  const auto hash = [](std::uint64_t bits) { return bits * 0x9E3779B97F4A7C15u; };
  HashTable<std::uint64_t, none> seen(1024);
  std::uint64_t last = none;
  for (const double value : values) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    if (bits == last) continue;
    last = bits;
    std::uint64_t& slot = seen.find(hash(bits), [&](std::uint64_t there) { return there == bits; });
    if (slot == bits) continue;
    slot = bits;
    seen.count_taken(hash);
  }
  return seen.size();
}

}  // namespace

Components find_components(const Chain& chain) {
  const Csr& in = chain.inflow;
  Components components = look_for_one_component(chain);
  if (components.count == 1) return components;
  components = Tarjan(in).run();
  components.bottom.assign(components.count, true);
  components.reachable.assign(components.count, false);
  for (const auto& [state, probability] : chain.initial)
    if (probability > 0) components.reachable[components.of[state]] = true;

  // A component's number is higher than those of the components that flow into it, so that one pass suffices.
  for (const State i : group_states(components).states)
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k) {
      const State source = components.of[in.column[k]];
      if (source == components.of[i]) continue;
      components.bottom[source] = false;
      if (components.reachable[source]) components.reachable[components.of[i]] = true;
    }
  return components;
}

bool is_decomposable(const Csr& inflow, const std::vector<double>& exit_rate, double share, State begin) {
  const auto strong = is_strong(inflow, exit_rate, share);
  std::uint64_t strong_ones = 0;
#pragma omp parallel for schedule(static) reduction(+ : strong_ones)
  for (std::uint64_t k = 0; k < inflow.entries(); ++k) strong_ones += strong(k) ? 1 : 0;
  if (strong_ones == inflow.entries()) return false;

  // Mostly every state leads to where the model begins.
  Backwards backwards(inflow, strong);
  if (backwards.search(begin, true) == inflow.rows()) return false;
  backwards.forget();

  // With one closed set, every state leads to each of its states, and no search is left to begin after its own.
  State last = 0;
  for (std::size_t i = 0; i < inflow.rows(); ++i)
    if (!backwards.found(i)) backwards.search(last = static_cast<State>(i), i == 0);
  if (last == 0) return false;
  backwards.forget();
  return backwards.search(last, true) < inflow.rows();
}

Grouping group_states(const Components& components) {
  Grouping grouping;
  grouping.start.assign(components.count + 1, 0);
  for (const State c : components.of) ++grouping.start[c + std::size_t{1}];
  std::partial_sum(grouping.start.begin(), grouping.start.end(), grouping.start.begin());
  grouping.states.resize(components.of.size());
  std::vector<std::size_t> next(grouping.start.begin(), grouping.start.end() - 1);
  for (std::size_t i = 0; i < components.of.size(); ++i)
    grouping.states[next[components.of[i]]++] = static_cast<State>(i);
  return grouping;
}

std::vector<std::size_t> periods(const Chain& chain, const Components& components) {
  std::vector<std::size_t> divisor(components.count, 0);
  if (chain.kind == Kind::ctmc) divisor.assign(components.count, 1);
  for (const SelfLoop& loop : chain.self_loops) divisor[components.of[loop.state]] = 1;

  // Breadth first against the transitions, component by component: each transition inside it closes a cycle whose
  // length the distances give, modulo the period.
  const Csr& in = chain.inflow;
  std::vector<State> distance(in.rows(), unvisited);
  std::vector<State> queue;
  for (std::size_t start = 0; start < in.rows(); ++start) {
    const State own = components.of[start];
    if (divisor[own] == 1 || distance[start] != unvisited) continue;
    queue.assign(1, static_cast<State>(start));
    distance[start] = 0;
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const State i = queue[head];
      for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k) {
        const State source = in.column[k];
        if (components.of[source] != own) continue;
        if (distance[source] == unvisited) {
          distance[source] = distance[i] + 1;
          queue.push_back(source);
        }
        const auto length = static_cast<std::int64_t>(distance[i]) + 1 - static_cast<std::int64_t>(distance[source]);
        divisor[own] = std::gcd(divisor[own], static_cast<std::size_t>(std::abs(length)));
      }
    }
  }
  for (std::size_t& d : divisor) d = std::max<std::size_t>(d, 1);  // a single state without a loop
  return divisor;
}

DistinctValues count_distinct(const Chain& chain) {
  DistinctValues distinct;
  in_parallel(2, [&](std::size_t k) {
    (k == 0 ? distinct.rates : distinct.exit_rates) = count_values(k == 0 ? chain.inflow.value : chain.exit_rate);
  });
  return distinct;
}

Structure find_structure(const Chain& chain, const Components& components, const Levels& levels) {
  Structure structure;
  structure.components = components.count;
  structure.transient_states = chain.size();
  std::vector<std::size_t> size(components.count, 0);
  for (const State c : components.of) ++size[c];
  const std::vector<std::size_t> period = periods(chain, components);
  for (std::size_t c = 0; c < components.count; ++c) {
    if (!components.bottom[c] || !components.reachable[c]) continue;
    ++structure.bottom_components;
    structure.transient_states -= size[c];
    structure.period = std::max(structure.period, period[c]);
  }
  structure.distinct = count_distinct(chain);
  structure.levels = levels;
  return structure;
}

}  // namespace steady::detail
