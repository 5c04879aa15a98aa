// A system x A = b of which every rank has a part, by PETSc's methods in turn, each judged by what is measured of x
// without PETSc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <steady/iteration.hpp>

#include "solver/distributed/krylov.hpp"

namespace steady::detail {

// Of all the systems of a run together.
struct Budget {
  std::int64_t iterations = 0;  // at most; 0: no limit
  std::int64_t done = 0;        // of them
  // Asked by all ranks together: why to stop, if at all.
  std::function<std::optional<Stop>()> spent = [] { return std::nullopt; };
  // Asked by all ranks together: whether the method is to begin anew soon, so that what it has come to can be kept.
  std::function<bool()> pause_due = [] { return false; };
  // Called by all ranks together with every distribution that is better than the one before.
  std::function<void(const std::vector<double>& distribution)> keep = [](const auto&) {};
  // Where it has come to.
  std::function<void(std::string_view method, std::int64_t iterations)> progress = [](auto, auto) {};
};

struct Tried {
  KrylovMethod method;
  Stop stop;
  std::int64_t iterations;
  double residual, seconds;
};

struct RowSystem {
  struct Size {
    double residual = 0;  // as its user counts it
    double two_norm = 0;  // ||b - x A||_2
  };
  Mat matrix;
  std::vector<double> right;  // b; empty: 0
  // Makes x again what a solution can be; false where it cannot.
  std::function<bool(std::vector<double>& x)> mend;
  std::function<Size(const std::vector<double>& x)> measure;
  std::function<void()> improved = [] {};  // called when x is a better one
};

class RowSolver {
 public:
  // The matrix, ranks and budget must outlive this object. x: where it begins.
  RowSolver(const Ranks& ranks, RowSystem system, std::vector<double> x, Budget& budget);

  // Until the residual is at most `tolerance`, by one method after the other.
  void solve(double tolerance);
  // ... by the last one alone, which need not get there.
  void improve(double tolerance);

  const std::vector<double>& x() const { return x_; }
  double residual() const { return size_.residual; }
  bool converged() const { return converged_; }
  const std::vector<Tried>& tried() const { return tried_; }
  // The last method, which is made where there was none.
  Krylov& krylov();
  const Budget& budget() const { return budget_; }

 private:
  Stop run(double tolerance);
  bool go_on(double two_norm);
  std::optional<Stop> spent() const;

  const Ranks& ranks_;
  RowSystem system_;
  Budget& budget_;
  std::vector<double> x_;
  RowSystem::Size size_;
  bool converged_ = false;
  std::size_t method_ = 0;  // of krylov_methods
  std::optional<Krylov> krylov_;
  std::vector<Tried> tried_;
};

}  // namespace steady::detail
