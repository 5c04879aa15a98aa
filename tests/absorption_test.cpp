// Visits of the nodes of random graphs, beside linear systems in exact fractions.
#include "formats/model/prism/explore/absorption.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail::prism;
using reference::Rational;

namespace {

// Row 0 of (I - P)^-1, by Gaussian elimination of its transpose.
std::vector<Rational> exact_visits(const ProbabilityGraph& graph) {
  const std::size_t n = graph.nodes();
  std::vector<std::vector<Rational>> a(n, std::vector<Rational>(n + 1));
  for (std::size_t i = 0; i < n; ++i) {
    // What the probabilities are of, so that they sum to 1 exactly.
    Rational sum = 0;
    for (const ProbableStep& step : graph.of(i)) sum += Rational(step.probability);
    a[i][i] += 1;
    for (const ProbableStep& step : graph.of(i))
      if (step.to < n) a[step.to][i] -= Rational(step.probability) / sum;
  }
  a[0][n] = 1;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    while (a[pivot][k] == 0) ++pivot;
    std::swap(a[k], a[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k || a[i][k] == 0) continue;
      const Rational factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j <= n; ++j) a[i][j] -= factor * a[k][j];
    }
  }
  std::vector<Rational> visits(n);
  for (std::size_t k = 0; k < n; ++k) visits[k] = a[k][n] / a[k][k];
  return visits;
}

void add_node(ProbabilityGraph& graph, const std::vector<ProbableStep>& steps) {
  graph.steps.insert(graph.steps.end(), steps.begin(), steps.end());
  graph.first.push_back(graph.steps.size());
  graph.error.push_back(0);
}

// Node k always leads on to k + 1, so that all are reached; the last one ends the way.
ProbabilityGraph random_graph(std::size_t nodes, std::size_t degree, double decades, bool cycles,
                              std::mt19937& random) {
  ProbabilityGraph graph;
  std::uniform_real_distribution<double> exponent(-decades, 0);
  for (std::uint32_t k = 0; k < nodes; ++k) {
    std::vector<ProbableStep> steps{{k + 1, std::pow(10, exponent(random))}};
    for (std::size_t d = 0; d < degree; ++d) {
      const auto to = static_cast<std::uint32_t>(cycles ? random() % (nodes + 2) : k + 1 + random() % (nodes + 1 - k));
      if (std::none_of(steps.begin(), steps.end(), [&](const ProbableStep& s) { return s.to == to; }))
        steps.push_back({to, std::pow(10, exponent(random))});
    }
    double sum = 0;
    for (const ProbableStep& step : steps) sum += step.probability;
    for (ProbableStep& step : steps) step.probability /= sum;
    add_node(graph, steps);
  }
  return graph;
}

}  // namespace

TEST_CASE("absorption: visits of random graphs have full relative accuracy") {
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    const ProbabilityGraph graph = random_graph(1 + random() % 12, 3, round % 3 == 0 ? 12 : 1, round % 2 == 0, random);
    const Visits found = visits(graph);
    const std::vector<Rational> exact = exact_visits(graph);
    for (std::size_t k = 0; k < graph.nodes(); ++k)
      CHECK(found.count[k] == Approx(exact[k].convert_to<double>()).epsilon(1e-13));
  }
}

TEST_CASE("absorption: without cycles the error is known, and holds") {
  std::mt19937 random(4);
  for (int round = 0; round < 30; ++round) {
    ProbabilityGraph graph = random_graph(2 + random() % 10, 3, 2, false, random);
    for (double& error : graph.error) error = 0x1p-50;  // of the probabilities, which do not sum to 1 exactly
    const Visits found = visits(graph);
    const std::vector<Rational> exact = exact_visits(graph);
    for (std::size_t k = 0; k < graph.nodes(); ++k) {
      const Rational stored(found.count[k]);
      CHECK(found.error[k] < 1e-13);
      CHECK(abs(exact[k] - stored) <= stored * Rational(found.error[k]));
    }
  }
}

TEST_CASE("absorption: a cycle that is hardly left") {
  ProbabilityGraph graph;
  add_node(graph, {{1, 1.0}});
  add_node(graph, {{0, 1.0}, {2, 1e-15}});
  const Visits found = visits(graph);
  CHECK(found.count[0] == Approx(1e15).epsilon(1e-14));
  CHECK(found.count[1] == Approx(1e15).epsilon(1e-14));
  CHECK(std::isinf(found.error[0]));
  CHECK(largest_component(graph) == 2);
}

TEST_CASE("absorption: nodes that no way leads out of are a trap") {
  ProbabilityGraph graph;
  add_node(graph, {{1, 0.5}, {4, 0.5}});
  add_node(graph, {{2, 1.0}});
  add_node(graph, {{3, 0.5}, {1, 0.5}});
  add_node(graph, {{1, 1.0}});
  try {
    visits(graph);
    FAIL("the trap was not seen");
  } catch (const Trap& trap) {
    CHECK(trap.node >= 1);
    CHECK(trap.node <= 3);
  }
}
