// When to stop: the judge of every method, fed with true residuals only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <steady/iteration.hpp>

#include "formats/base/deadline.hpp"
#include "formats/base/stopwatch.hpp"

namespace steady::detail {

class Monitor {
 public:
  struct Budget {
    double tolerance = 1e-12;
    std::size_t max_iterations = 0;  // 0: no limit
    double time_limit = 0;           // seconds; 0: no limit
    double aim = 0;                  // below the tolerance: where to go on to while that is quick; 0: no farther
    bool rough = false;              // the residual alone decides
  };

  using Balance = std::function<double(const std::vector<double>&)>;

  // `unit`: what a residual ||x Q||_1 of a normalised x is divided by: the largest exit rate. `balance`: of an iterate,
  // see residual.hpp; where it is empty, residuals alone decide.
  Monitor(Budget budget, double unit, Observer observer, Balance balance = {});

  // A method begins; no config for what is none of the methods. With `patience`, another is waiting: after so many
  // passes, slow convergence is stagnation. `iterate`: what an observer may ask for at each check.
  void begin(std::optional<MethodConfig> config, std::optional<std::size_t> patience, Iterate iterate = {});

  // Called by a method with ||x Q||_1 of its normalised iterate and its counts so far. Returns why to stop, if at all.
  std::optional<Outcome> check(std::size_t iterations, std::size_t passes, double residual);

  // Whether a budget is spent or the caller wants to stop: what a method asks between two checks. The iterate is then
  // brought up to date and check() says why.
  bool out_of_budget(std::size_t iterations) const { return spent(iterations).has_value(); }
  std::optional<Stop> spent(std::size_t iterations) const;  // the reason

  // For a method that has nothing more to give: converged, rounding or stagnated. `begin` was told of its iterate.
  Outcome verdict(std::size_t iterations, std::size_t passes, double residual) const;

  // What a method is to reach, in the units of ||x Q||_1.
  double goal() const { return unit_ * (budget_.aim > 0 ? budget_.aim : budget_.tolerance); }
  double unit() const { return unit_; }
  bool rough() const { return budget_.rough; }
  double seconds() const { return watch_.seconds(); }  // since the solve began

 private:
  struct Point {
    std::size_t passes;
    double best;  // smallest measure so far
  };
  std::optional<Stop> judge(std::size_t iterations, double measured) const;
  bool goes_on(std::size_t iterations, double residual);
  double measure(double residual) const;
  double best_at(std::size_t passes) const;

  Budget budget_;
  double unit_;
  Observer observer_;
  Balance balance_;
  Stopwatch watch_;
  std::optional<MethodConfig> config_;
  Iterate iterate_;
  std::optional<std::size_t> patience_;
  std::size_t iterations_before_ = 0;  // of methods that have ended
  std::size_t iterations_ = 0;         // of the running one
  std::vector<Point> points_;
  std::optional<Point> reached_;  // the tolerance: after so many passes first, and the residual of the last check
};

}  // namespace steady::detail
