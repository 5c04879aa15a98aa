#include "solver/distributed/absorption.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace steady::detail {

namespace {

// The states outside of all components: their numbers in the block, and the generator among them.
struct Outside {
  std::vector<std::size_t> states;
  PetscMatrix matrix;

  Outside(const Generator& q, const BottomComponents& bottom) {
    std::vector<PetscInt> numbers;
    for (std::size_t i = 0; i < q.size(); ++i) {
      if (bottom.component[i] != BottomComponents::none) continue;
      states.push_back(i);
      numbers.push_back(static_cast<PetscInt>(q.first() + i));
    }
    PetscIndices indices;
    require(ISCreateGeneral(q.ranks().communicator(), static_cast<PetscInt>(numbers.size()), numbers.data(),
                            PETSC_USE_POINTER, indices.place()));
    require(MatCreateSubMatrix(q.matrix(), indices, indices, MAT_INITIAL_MATRIX, matrix.place()));
  }

  std::vector<double> of_block(const std::vector<double>& x, std::size_t size) const {
    std::vector<double> all(size);
    for (std::size_t k = 0; k < x.size(); ++k) all[states[k]] = x[k];
    return all;
  }
};

// The visits y solve a + y Q = 0 on the states outside, a being where the chain begins.
class Visits {
 public:
  Visits(const Generator& q, const Outside& outside, const std::vector<double>& begin)
      : q_(q), outside_(outside), begin_(begin) {}

  RowSystem system() const {
    std::vector<double> right;
    for (const std::size_t i : outside_.states) right.push_back(-begin_[i]);
    return {outside_.matrix, std::move(right), [this](std::vector<double>& y) { return mend(y); },
            [this](const std::vector<double>& y) { return measure(y); }};
  }

 private:
  bool mend(std::vector<double>& y) const {
    bool sound = true;
    for (double& time : y) {
      sound = sound && std::isfinite(time);
      time = std::max(time, 0.0);
    }
    return !q_.ranks().any(!sound);
  }

  RowSystem::Size measure(const std::vector<double>& y) const {
    const std::vector<double> inflow = q_.inflow(outside_.of_block(y, q_.size()));
    RowSystem::Size own;
    for (std::size_t k = 0; k < y.size(); ++k) {
      const std::size_t i = outside_.states[k];
      const double net = std::abs(begin_[i] + inflow[i] - y[k] * q_.exit_rate()[i]);
      own.residual += net;
      own.two_norm += net * net;
    }
    return {q_.ranks().sum(own.residual), std::sqrt(q_.ranks().sum(own.two_norm))};
  }

  const Generator& q_;
  const Outside& outside_;
  const std::vector<double>& begin_;
};

// Beginnings and, if there are visits, the flow of these into the components.
std::vector<double> weights_of(const Generator& q, const BottomComponents& bottom, const std::vector<double>& begin,
                               const std::vector<double>& visits) {
  const std::vector<double> inflow = visits.empty() ? std::vector<double>(q.size()) : q.inflow(visits);
  std::vector<double> weights(bottom.count());
  for (std::size_t i = 0; i < q.size(); ++i)
    if (const std::uint32_t k = bottom.component[i]; k != BottomComponents::none) weights[k] += begin[i] + inflow[i];
  weights = q.ranks().sum(std::move(weights));
  double sum = 0;
  for (const double weight : weights) sum += weight;
  for (double& weight : weights) weight = sum > 0 ? weight / sum : 1 / static_cast<double>(weights.size());
  return weights;
}

}  // namespace

std::vector<double> initial_probabilities(const Generator& q, const std::vector<std::uint64_t>& initial) {
  std::vector<double> begin(q.size());
  for (const std::uint64_t state : initial)
    if (q.owns(state)) begin[state - q.first()] = 1 / static_cast<double>(initial.size());
  return begin;
}

Absorption absorb(const Generator& q, const BottomComponents& bottom, const std::vector<std::uint64_t>& initial,
                  double tolerance, Budget& budget) {
  if (bottom.count() == 1) return {{1.0}};
  Absorption result;
  const std::vector<double> begin = initial_probabilities(q, initial);
  if (bottom.states() < q.states()) {
    const Outside outside(q, bottom);
    const Visits visits(q, outside, begin);
    RowSolver solver(q.ranks(), visits.system(), std::vector<double>(outside.states.size()), budget);
    solver.solve(tolerance);
    result.visits = outside.of_block(solver.x(), q.size());
    result.tried = solver.tried();
    result.converged = solver.converged();
  }
  result.weights = weights_of(q, bottom, begin, result.visits);
  return result;
}

}  // namespace steady::detail
