// The long-run distribution of the chain on its blocks.
#pragma once

#include <vector>

#include "solver/distributed/bottom.hpp"
#include "solver/distributed/generator.hpp"
#include "solver/distributed/row_solver.hpp"

namespace steady::detail {

class StationarySolver {
 public:
  // All must outlive this object. `weights`: probabilities of ending in each bottom component. The distribution begins
  // uniform in each, or as `start` has it, one number an own state.
  StationarySolver(const Generator& q, const BottomComponents& bottom, const std::vector<double>& weights,
                   Budget& budget, std::vector<double> start = {});
  StationarySolver(const StationarySolver&) = delete;
  StationarySolver& operator=(const StationarySolver&) = delete;

  // Until the residual is at most `tolerance`, by one method after the other.
  void solve(double tolerance) { solver_.solve(tolerance); }
  // ... by the last one alone, which need not get there.
  void improve(double tolerance) { solver_.improve(tolerance); }

  // One entry an own state, none negative; on all ranks they sum to 1.
  const std::vector<double>& distribution() const { return bottom_.count() == 1 ? solver_.x() : weighted_; }
  // That within each component, its sum being the component's share of the states in any.
  const std::vector<double>& within() const { return solver_.x(); }
  double residual() const { return solver_.residual(); }  // ||x Q||_1 over Generator::residual_unit(), x the former
  double balance() const;                                 // as Solution has it
  bool converged() const { return solver_.converged(); }
  const std::vector<Tried>& tried() const { return solver_.tried(); }
  Krylov& krylov() { return solver_.krylov(); }
  const Budget& budget() const { return solver_.budget(); }

 private:
  std::vector<double> begin(std::vector<double>&& start) const;
  double share(std::size_t component) const;
  bool normalise(std::vector<double>& x) const;
  RowSystem::Size measure(const std::vector<double>& x) const;
  void weigh();

  const Generator& q_;
  const BottomComponents& bottom_;
  const std::vector<double>& weights_;
  RowSolver solver_;
  std::vector<double> weighted_;  // where there are several components
};

}  // namespace steady::detail
