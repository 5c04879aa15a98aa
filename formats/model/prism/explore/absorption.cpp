#include "formats/model/prism/explore/absorption.hpp"

#include <algorithm>

#include "formats/base/relative_error.hpp"

namespace steady::detail::prism {

namespace {

using StrongComponent = std::vector<std::uint32_t>;

// The strongly connected components; none has a step to an earlier one.
class StrongComponents {
 public:
  explicit StrongComponents(const ProbabilityGraph& graph)
      : graph_(graph), number_(graph.nodes()), low_(graph.nodes()) {
    enter(0);
    while (!path_.empty()) advance();
    std::reverse(found_.begin(), found_.end());
  }

  std::vector<StrongComponent> found() && { return std::move(found_); }

 private:
  struct Entered {
    std::uint32_t node;
    std::size_t next;  // of its steps
  };
  static constexpr std::uint32_t done = 0xFFFFFFFF;

  void enter(std::uint32_t node) {
    number_[node] = low_[node] = ++count_;
    open_.push_back(node);
    path_.push_back({node, graph_.first[node]});
  }

  void advance() {
    auto& [node, next] = path_.back();
    if (next == graph_.first[node + 1]) return close(node);
    const std::uint32_t to = graph_.steps[next++].to;
    if (to >= graph_.nodes()) return;
    if (number_[to] == 0)
      enter(to);
    else
      low_[node] = std::min(low_[node], low_[to]);  // of a component that is done: larger
  }

  void close(std::uint32_t node) {
    path_.pop_back();
    if (low_[node] == number_[node]) {
      const auto begin = std::find(open_.rbegin(), open_.rend(), node).base() - 1;
      found_.emplace_back(begin, open_.end());
      open_.erase(begin, open_.end());
      for (const std::uint32_t member : found_.back()) low_[member] = done;
    } else {
      low_[path_.back().node] = std::min(low_[path_.back().node], low_[node]);
    }
  }

  const ProbabilityGraph& graph_;
  std::vector<std::uint32_t> number_, low_;  // from 1; 0: not yet entered
  std::uint32_t count_ = 0;
  std::vector<std::uint32_t> open_;  // entered, and of no component yet
  std::vector<Entered> path_;
  std::vector<StrongComponent> found_;
};

class Absorption {
 public:
  explicit Absorption(const ProbabilityGraph& graph)
      : graph_(graph), inflow_(graph.nodes()), additions_(graph.nodes()), place_(graph.nodes(), outside) {
    visits_ = {inflow_, std::vector<double>(graph.nodes())};
    inflow_[0] = 1;
  }

  Visits run() {
    for (const StrongComponent& component : StrongComponents(graph_).found()) {
      for (std::uint32_t k = 0; k < component.size(); ++k) place_[component[k]] = k;
      visit(component);
      for (const std::uint32_t node : component) leave(node);
      for (const std::uint32_t node : component) place_[node] = outside;
    }
    return std::move(visits_);
  }

 private:
  static constexpr std::uint32_t outside = 0xFFFFFFFF;  // of the component

  std::uint32_t place(const ProbableStep& step) const { return step.to < graph_.nodes() ? place_[step.to] : outside; }

  // The visits of the component's nodes, from how often each is entered from outside.
  void visit(const StrongComponent& component) {
    const auto stays = [&](const ProbableStep& step) { return place(step) != outside; };
    const auto any = [&](std::uint32_t node) {
      const auto steps = graph_.of(node);
      return std::any_of(steps.begin(), steps.end(), stays);
    };
    const auto all = [&](std::uint32_t node) {
      const auto steps = graph_.of(node);
      return std::all_of(steps.begin(), steps.end(), stays);
    };
    if (std::all_of(component.begin(), component.end(), all)) throw Trap{component.front()};
    const std::uint32_t node = component.front();
    if (component.size() == 1 && !any(node)) {
      visits_.count[node] = inflow_[node];
      visits_.error[node] = summed(visits_.error[node], additions_[node]);
    } else {
      eliminate(component);
    }
  }

  // The last node first: ways through it become steps between those before it.
  void eliminate(const StrongComponent& component) {
    const std::size_t n = component.size();
    std::vector<double> p(n * n), leaves(n), in(n);  // the steps within, those to outside, the inflow
    for (std::size_t i = 0; i < n; ++i) {
      in[i] = inflow_[component[i]];
      for (const ProbableStep& step : graph_.of(component[i]))
        (place(step) == outside ? leaves[i] : p[i * n + place(step)]) += step.probability;
    }
    std::vector<double> moves(n);  // not back to itself, once those behind are eliminated
    for (std::size_t k = n; k-- > 0;) {
      moves[k] = leaves[k];
      for (std::size_t j = 0; j < k; ++j) moves[k] += p[k * n + j];
      for (std::size_t j = 0; j < k; ++j) in[j] += in[k] * (p[k * n + j] / moves[k]);
      for (std::size_t i = 0; i < k; ++i) {
        const double through = p[i * n + k] / moves[k];
        if (through == 0) continue;
        leaves[i] += through * leaves[k];
        for (std::size_t j = 0; j < k; ++j) p[i * n + j] += through * p[k * n + j];
      }
    }
    for (std::size_t k = 0; k < n; ++k) {
      double entered = in[k];
      for (std::size_t i = 0; i < k; ++i) entered += visits_.count[component[i]] * p[i * n + k];
      visits_.count[component[k]] = entered / moves[k];
      visits_.error[component[k]] = INFINITY;
    }
  }

  // Hands the node's visits on to where its steps lead outside of the component.
  void leave(std::uint32_t node) {
    const double error = compounded(compounded(visits_.error[node], graph_.error[node]), half_unit);
    for (const ProbableStep& step : graph_.of(node)) {
      if (step.to >= graph_.nodes() || place(step) != outside) continue;
      inflow_[step.to] += visits_.count[node] * step.probability;
      visits_.error[step.to] = std::max(visits_.error[step.to], error);
      additions_[step.to] += 1;
    }
  }

  const ProbabilityGraph& graph_;
  Visits visits_;
  std::vector<double> inflow_;        // of each node, from components before its own
  std::vector<double> additions_;     // that made it
  std::vector<std::uint32_t> place_;  // in the component that is looked at
};

}  // namespace

Visits visits(const ProbabilityGraph& graph) { return Absorption(graph).run(); }

std::size_t largest_component(const ProbabilityGraph& graph) {
  std::size_t largest = 0;
  for (const StrongComponent& component : StrongComponents(graph).found())
    largest = std::max(largest, component.size());
  return largest;
}

}  // namespace steady::detail::prism
