// The long-run distribution of the chain on its blocks: PETSc's methods in turn, each judged by a residual that is
// measured without PETSc.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <steady/iteration.hpp>

#include "solver/distributed/bottom.hpp"
#include "solver/distributed/generator.hpp"
#include "solver/distributed/krylov.hpp"

namespace steady::detail {

struct Budget {
  std::int64_t iterations = 0;  // in all; 0: no limit
  // Asked by all ranks together: why to stop, if at all.
  std::function<std::optional<Stop>()> spent = [] { return std::nullopt; };
  // Where it has come to.
  std::function<void(std::string_view method, std::int64_t iterations)> progress = [](auto, auto) {};
};

class StationarySolver {
 public:
  // Both must outlive this object. The distribution begins uniform on the bottom component.
  StationarySolver(const Generator& q, const Bottom& bottom, Budget budget);

  struct Tried {
    KrylovMethod method;
    Stop stop;
    std::int64_t iterations;
    double residual, seconds;
  };

  // Until the residual is at most `tolerance`, by one method after the other.
  void solve(double tolerance);
  // ... by the last one alone, which need not get there.
  void improve(double tolerance);

  // One entry an own state, none negative; on all ranks they sum to 1.
  const std::vector<double>& distribution() const { return x_; }
  double residual() const { return measured_.residual; }  // ||x Q||_1 over Generator::residual_unit()
  double balance() const { return measured_.balance; }    // as Solution has it
  bool converged() const { return converged_; }
  const std::vector<Tried>& tried() const { return tried_; }
  std::int64_t iterations() const { return iterations_; }
  // The last method, which is made where there was none.
  Krylov& krylov();
  const Budget& budget() const { return budget_; }

 private:
  struct Measured {
    double residual = 0, balance = 0;
    double two_norm = 0;  // ||x Q||_2
  };

  Stop run(double tolerance);
  bool go_on(double two_norm);
  std::optional<Stop> spent() const;
  bool normalise();
  void measure();

  const Generator& q_;
  const Marks& bottom_;
  Budget budget_;
  std::vector<double> x_;
  Measured measured_;
  bool converged_ = false;
  std::size_t method_ = 0;  // of krylov_methods
  std::optional<Krylov> krylov_;
  std::vector<Tried> tried_;
  std::int64_t iterations_ = 0;
};

}  // namespace steady::detail
